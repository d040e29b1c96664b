#!/usr/bin/env bash
# Builds tests/wasm-size, which links what a JavaScript wrapper links, and weighs it. The figures are of
# the code alone: the wrapper's glue comes on top, and wasm-opt would take a little off again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Bytes after gzip -9: what was measured with a standard library that is built for speed, as rustup has it, and a
# little room. The goal for the whole JavaScript entry, glue included, is 81920.
budget=105500

target=wasm32-unknown-unknown
export CARGO_TARGET_DIR=${WASM_TARGET_DIR:-$PWD/target/wasm}
export CARGO_PROFILE_RELEASE_OPT_LEVEL=z CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_PANIC=abort CARGO_PROFILE_RELEASE_STRIP=symbols
# Panic messages must not carry this machine's paths.
export RUSTFLAGS="--remap-path-prefix=$PWD=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src="

scripts/ensure-wasm-target.sh cargo build --quiet --locked --release --target "$target" -p wasm-size
wasm=$CARGO_TARGET_DIR/$target/release/wasm-size.wasm
raw=$(wc -c <"$wasm")
zipped=$(gzip -9 -c "$wasm" | wc -c)
echo "wasm: $raw bytes, $zipped after gzip -9 (budget $budget)"

if [ "$zipped" -gt "$budget" ]; then
  echo "wasm: $((zipped - budget)) bytes over the budget"
  exit 1
fi
