#!/usr/bin/env bash
# Builds tests/wasm-size, which links what a JavaScript wrapper links, and weighs it: the token path alone, and with
# every operation of the catalog. The figures are of the code alone: the wrapper's glue comes on top, and wasm-opt would
# take a little off again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Bytes after gzip -9: what was measured with a standard library that is built for speed, as rustup has it, and a
# little room. The goals for the whole JavaScript entries, glue included, are 81920 and 153600.
token_budget=105500
catalog_budget=145500

target=wasm32-unknown-unknown
export CARGO_TARGET_DIR=${WASM_TARGET_DIR:-$PWD/target/wasm}
export CARGO_PROFILE_RELEASE_OPT_LEVEL=z CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_PANIC=abort CARGO_PROFILE_RELEASE_STRIP=symbols
# Panic messages must not carry this machine's paths.
export RUSTFLAGS="--remap-path-prefix=$PWD=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src="

result=0
weigh() { # $1: what it is called, $2: its budget, then: options for cargo
  local name=$1 budget=$2 wasm raw zipped
  shift 2
  scripts/ensure-wasm-target.sh cargo build --quiet --locked --release --target "$target" -p wasm-size "$@"
  wasm=$CARGO_TARGET_DIR/$target/release/wasm-size.wasm
  raw=$(wc -c <"$wasm")
  zipped=$(gzip -9 -c "$wasm" | wc -c)
  echo "wasm, $name: $raw bytes, $zipped after gzip -9 (budget $budget)"
  if [ "$zipped" -gt "$budget" ]; then
    echo "wasm, $name: $((zipped - budget)) bytes over the budget"
    result=1
  fi
}

weigh 'token path' "$token_budget"
weigh 'with every operation' "$catalog_budget" --features catalog
exit "$result"
