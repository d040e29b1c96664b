#!/usr/bin/env bash
# Builds the playground of bindings-js, and serves it with a simulator on 127.0.0.1 until it is interrupted. PORT says on
# which port, any free one unless given.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}

scripts/js-package.sh >/dev/null
cargo build --quiet --locked -p simulator --bins
cd bindings-js
node build/playground.mjs "$target/playground"
exec node playground/serve.mjs "$target/playground" "$target/debug/simulator"
