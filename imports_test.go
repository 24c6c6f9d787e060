package main

import (
	"os/exec"
	"strings"
	"testing"
)

// Imports run one way: the domain knows nobody, storage knows the domain, the
// screen knows neither SSH nor Redis, and only main knows all.
func TestImportsRunOneWay(t *testing.T) {
	may := map[string][]string{
		"app/chat":         {"internal"},
		"app/command":      {"app/chat", "keys"},
		"app/ui":           {"app/chat", "app/command", "app/ui", "internal"},
		"sshserver":        {"app/chat", "app/command", "app/ui", "keys", "internal"},
		"storage":          {"app/chat", "internal", "storage/archive"},
		"storage/archive":  {"app/chat"},
		"storage/embedded": {},
		// A suite for tests; no part of the program.
		"storage/storagetest": {"app/chat", "storage"},
		"httpserver":          {},
		"httpserver/page":     {"app/chat", "keys"},
		"keys":                {},
		"internal":            {"internal"},
	}
	never := map[string][]string{
		"app":       {"github.com/redis", "golang.org/x/crypto/ssh", "github.com/charmbracelet/ssh", "github.com/charmbracelet/wish"},
		"sshserver": {"github.com/redis"},
		"storage":   {"golang.org/x/crypto/ssh", "github.com/charmbracelet"},
	}
	for name, imports := range packages(t) {
		for _, imported := range imports {
			ours, isOurs := strings.CutPrefix(imported, "teahouse/")
			if allowed, ruled := rule(may, name); ruled && isOurs && !within(ours, allowed) {
				t.Errorf("%s imports %s", name, ours)
			}
			if forbidden, ruled := rule(never, name); ruled && within(imported, forbidden) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

// packages lists what each of our packages imports, tests aside.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("listing the packages: %v", err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		all[strings.TrimPrefix(words[0], "teahouse/")] = words[1:]
	}
	return all
}

// rule gives what is set for a package or, nearest first, a folder above it.
func rule(rules map[string][]string, name string) ([]string, bool) {
	for {
		if r, ok := rules[name]; ok {
			return r, true
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return nil, false
		}
		name = name[:i]
	}
}

// within tells whether a path is one of the prefixes or below it.
func within(path string, prefixes []string) bool {
	for _, p := range prefixes {
		if path == p || strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return false
}
