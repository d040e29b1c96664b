#!/usr/bin/env bash
# Prints a folder for the path that holds wasm-pack, and wasm-bindgen in the version of Cargo.lock. wasm-pack is
# installed once, into the cache folder, unless it is there in this version; nothing but crates is fetched.
#
#   PATH=$(scripts/wasm-pack.sh):$PATH wasm-pack build --mode no-install ...
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
version=0.15.1
target=${CARGO_TARGET_DIR:-$root/target}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trusted-profile/wasm-pack-$version

is_wanted() { [ "$("$1" --version 2>/dev/null)" = "wasm-pack $version" ]; }

pack=$(command -v wasm-pack || true)
if [ -z "$pack" ] || ! is_wanted "$pack"; then
  pack=$cache/bin/wasm-pack
  mkdir -p "$cache"
  (
    ! command -v flock >/dev/null || flock 9
    # Not optimised: it starts other programs and waits for them. Its build folder is not kept.
    is_wanted "$pack" ||
      CARGO_TARGET_DIR=$cache/build cargo install --quiet --locked --debug --root "$cache" --version "$version" wasm-pack
    rm -rf "$cache/build"
  ) 9>"$cache/lock" >&2
fi

cd "$root"
cargo build --quiet --locked -p bindgen >&2
bin=$target/wasm-tools
mkdir -p "$bin"
ln -sf "$pack" "$bin/wasm-pack"
ln -sf "$target/debug/bindgen" "$bin/wasm-bindgen"
echo "$bin"
