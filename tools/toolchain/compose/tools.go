//go:build tools

// Package tools pins the docker compose that `go build` takes from this module's go.mod.
package tools

import _ "github.com/docker/compose/v2/cmd"
