#!/usr/bin/env bash
# Measures the Go module beside IBM's go-sdk-core.
#
#   scripts/bench-go.sh --page docs/benchmarks.md
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
arguments=()
for argument in "$@"; do
  case $argument in docs/*) argument=$root/$argument ;; esac
  arguments+=("$argument")
done
export GOTOOLCHAIN=local
cd "$root/bindings-ffi/go/benches"
go vet ./...
exec go run . "${arguments[@]}"
