#!/usr/bin/env bash
# Builds the npm package: the core as WebAssembly, its TypeScript layer, and the tarball, whose path it prints.
# What was built of the same sources is not built again.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}
out=$target/npm

mkdir -p "$out"
# Two runs at once: the second waits, and has little to do.
exec 9>"$out/lock"
! command -v flock >/dev/null || flock 9
scripts/js-modules.sh

tools=$(scripts/wasm-pack.sh)
# Panic messages must not carry this machine's paths. A stack of a megabyte would be memory for each provider.
export RUSTFLAGS="--remap-path-prefix=$root=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src= -Clink-arg=-zstack-size=262144"
build() { # $1: for whom, then: what cargo is to be told
  PATH=$tools:$PATH CARGO_TARGET_DIR=${WASM_TARGET_DIR:-$target/wasm} scripts/ensure-wasm-target.sh wasm-pack --log-level warn \
    build bindings-js --mode no-install --no-opt --no-pack --profile wasm --target bundler --out-dir "$out/$1" "${@:2}" >&2
}
build browser
build node -- --features environment
build catalog -- --no-default-features --features catalog

cd bindings-js
made=$(cat "$out"/{browser,node,catalog}/*_bg.{wasm,js} build/*.mjs package.json package-lock.json tsconfig*.json README.md ../LICENSE \
  <(find ts -path ts/wasm/generated -prune -o -type f -print | sort | xargs cat) | cksum)
if [ "$made" != "$(cat "$out/made-of" 2>/dev/null)" ] || [ ! -d dist ]; then
  rm -f "$out"/*.tgz "$out/made-of"
  for whom in browser node catalog; do node build/embed.mjs "$out/$whom" "ts/wasm/generated/$whom" >&2; done
  node build/bundle.mjs >&2
  node build/pack.mjs "$out" >/dev/null
  echo "$made" >"$out/made-of"
fi
ls "$out"/*.tgz
