#!/usr/bin/env bash
# Measures the JavaScript package beside IBM's SDK core.
#
#   scripts/bench-js.sh --page docs/benchmarks.md
#
# TRUSTED_PROFILE_TARBALL names what npm installs; without it that is built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tarball=${TRUSTED_PROFILE_TARBALL:-$(scripts/js-package.sh)}
scripts/js-modules.sh
exec node bindings-js/benches/main.mjs --tarball "$tarball" --command 'make bench-js' "$@"
