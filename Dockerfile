# syntax=docker/dockerfile:1
#
#   docker buildx build --build-arg VERSION=1.2.3 --build-arg REVISION=$(git rev-parse HEAD) -t teahouse .
#
# The same sources and arguments make the same program, byte for byte, wherever
# it is built: the compiler is named in full, and paths and clocks stay out. For
# the same image give the time of the commit, and let it stand for all files:
#
#   SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) docker buildx build … --output type=image,rewrite-timestamp=true

FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
WORKDIR /src
# The modules by themselves first: they change less often than the program.
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS TARGETARCH
# Of HTTP it speaks the first version only, to checks and scrapers beside it:
# nethttpomithttp2 leaves out the second, which nobody reaches.
ARG VERSION=unreleased
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -tags nethttpomithttp2 -ldflags "-s -w -X main.release=$VERSION" -o /out/teahouse .
# Made here because the last stage has nothing that could make a folder.
RUN mkdir /out/data

# Nothing but the program, and the certificates that rediss:// is checked
# against. There is no redis-server in here: without REDIS_URL the chat lives in
# memory and ends with the container.
FROM scratch
ARG VERSION=unreleased REVISION=unknown
LABEL org.opencontainers.image.title="teahouse" \
      org.opencontainers.image.description="A chat that people reach with ssh" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/teahouse /teahouse
COPY --from=build --chown=65532:65532 /out/data /data

# A number and no name: there is no list of users, and a cluster that refuses
# root can only tell by a number.
USER 65532:65532
ENV SSH_ADDR=:2222 DATA_DIR=/data
VOLUME /data
EXPOSE 2222
# What makes a replica drain: it says goodbye, then ends by itself.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s CMD ["/teahouse", "healthcheck"]
ENTRYPOINT ["/teahouse"]
