GO       ?= go
FUZZTIME ?= 10s
FUZZTIME_STRANGERS ?= 60s
# Long enough for a slow machine, short enough that a hang is noticed.
TIMEOUT  ?= 10m
LONG_TIMEOUT ?= 28m
# Many tests wait more than they work; e2e takes longest, and begins first.
AT_ONCE ?= 3

# The newest that builds with the Go of go.mod.
GOLANGCI_LINT_VERSION := v2.15.0
GOLANGCI_LINT := .tools/golangci-lint-$(GOLANGCI_LINT_VERSION)/golangci-lint

GOVULNCHECK_VERSION := v1.9.0
GOVULNCHECK := .tools/govulncheck-$(GOVULNCHECK_VERSION)/govulncheck

# The newest there is; it brings Kubernetes' schemas along.
KUBECTL_VALIDATE_VERSION := v0.0.4
KUBECTL_VALIDATE := .tools/kubectl-validate-$(KUBECTL_VALIDATE_VERSION)/kubectl-validate

COMPOSE_VERSION := v2.16.2
COMPOSE := .tools/compose-$(COMPOSE_VERSION)/cmd

export FUZZTIME FUZZTIME_STRANGERS GO

.DEFAULT_GOAL := help
.PHONY: help run build test test-long lint bench bench-parts bench-smoke vuln manifests pictures page clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 14

run: ## a chat on this machine, with its own Redis: ssh -p 2222 localhost
	$(GO) run .

build: ## the program, as ./teahouse
	CGO_ENABLED=0 $(GO) build -trimpath -o teahouse .

test: ## all tests but the long ones, with the race detector
	.ci/install-tools
	$(GO) test -race -p $(AT_ONCE) -parallel $(AT_ONCE) -timeout $(TIMEOUT) ./e2e ./...

# Long tests are named TestLong… and stand in files with the build tag "long";
# one with another name would never run.
test-long: ## outages, deaths and time-outs, then every fuzz target
	.ci/install-tools long
	@! grep -rlE --include='*_test.go' '^//go:build long' . | \
		xargs -r grep -nHE '^func Test' | grep -v 'func TestLong'
	$(GO) test -race -tags long -run '^TestLong' -parallel $(AT_ONCE) -timeout $(LONG_TIMEOUT) ./e2e ./...
	.ci/fuzz

lint: $(GOLANGCI_LINT) ## formatting, vet, golangci-lint, sizes of functions and files
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || \
		{ echo "gofmt these:"; echo "$$unformatted"; exit 1; }
	$(GO) vet -tags long ./...
	$(GOLANGCI_LINT) run ./... ./.ci/sizes
	$(GO) run ./.ci/sizes

$(GOLANGCI_LINT):
	GOTOOLCHAIN=local GOBIN=$(CURDIR)/$(dir $@) $(GO) install \
		github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)

# BENCH is empty, "big", "churn", "profile", or flags and one of them: see go doc ./bench.
bench: ## what the chat costs, beside a bare copy of lines (BENCH=big, churn, …)
	$(GO) run ./bench $(BENCH)

bench-parts: ## the benchmarks of parts
	$(GO) test -run '^$$' -bench . -benchmem -timeout 60m ./...

bench-smoke: ## every benchmark once and small, to see that it runs and loses nothing
	$(GO) test -short -run '^$$' -bench . -benchtime 1x -timeout $(TIMEOUT) ./...
	$(GO) run ./bench smoke

vuln: $(GOVULNCHECK) ## known vulnerabilities in what the program reaches, where their database can be
	.ci/vuln $(GOVULNCHECK)

$(GOVULNCHECK):
	GOTOOLCHAIN=local GOBIN=$(CURDIR)/$(dir $@) $(GO) install \
		golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION)

manifests: $(KUBECTL_VALIDATE) $(COMPOSE) ## the examples in docs/deploy, against their schemas
	.ci/manifests $(KUBECTL_VALIDATE) $(COMPOSE)

$(KUBECTL_VALIDATE):
	GOTOOLCHAIN=local GOBIN=$(CURDIR)/$(dir $@) $(GO) install \
		sigs.k8s.io/kubectl-validate@$(KUBECTL_VALIDATE_VERSION)

$(COMPOSE):
	GOTOOLCHAIN=local GOBIN=$(CURDIR)/$(dir $@) $(GO) install \
		github.com/compose-spec/compose-go/v2/cmd@$(COMPOSE_VERSION)

pictures: ## the pictures of README.md, made anew
	$(GO) run ./docs/pictures

page: ## pictures of the page in a real browser, into pictures/
	.ci/install-tools long
	mkdir -p pictures
	$(GO) test -tags long -count 1 -run '^TestLongPage' ./e2e -args -pictures $(CURDIR)/pictures

clean: ## what was built here
	rm -rf teahouse .tools pictures
