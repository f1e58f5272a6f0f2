#!/usr/bin/env bash
# Builds docker compose from Go modules alone (about two minutes), for the tests that compare how compose files are read:
#   tools/toolchain/build-compose.sh ~/.docker/cli-plugins
# puts it where the docker command finds it. Nothing else needs it. Usage: build-compose.sh OUTPUT_DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
export CGO_ENABLED=0 GOFLAGS="-mod=mod -buildvcs=false"
cd "$here/compose"
go build -tags osusergo -ldflags '-s -w -X github.com/docker/compose/v2/internal.Version=v2.40.3' -o "$out/docker-compose" github.com/docker/compose/v2/cmd
