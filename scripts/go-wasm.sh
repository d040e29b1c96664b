#!/usr/bin/env bash
# Builds the core as the WebAssembly module that is part of the Go module.
#
#   scripts/go-wasm.sh --write     # and puts it in its place, with what it was built by
#   scripts/go-wasm.sh --check     # and compares: prints the path of the fresh one if another compiler built it
#
# The same compiler makes the same bytes of the same sources, wherever they lie. Another one does not; then the committed
# module cannot be judged by its bytes, and the tests run with the fresh one as well (scripts/test-go.sh).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=wasm32-unknown-unknown
export CARGO_TARGET_DIR=${WASM_TARGET_DIR:-${CARGO_TARGET_DIR:-$root/target}/wasm}
committed=bindings-ffi/go/internal/engine/core.wasm.gz
manifest=bindings-ffi/go/internal/engine/core.wasm.txt
# What is weighed is what every program carries.
budget=400000

scripts/js-modules.sh
binaryen=bindings-js/node_modules/binaryen
# Panic messages must not carry this machine's paths. A stack of a megabyte would be memory for each provider.
export RUSTFLAGS="--remap-path-prefix=$root=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src= -Clink-arg=-zstack-size=262144"
scripts/ensure-wasm-target.sh cargo build --quiet --locked -p trusted-profile-c --no-default-features --profile wasm --target "$target"

out=$CARGO_TARGET_DIR/go
mkdir -p "$out"
# No features beyond those of the compiler: wazero has no others.
node "$binaryen/bin/wasm-opt" -Oz --strip-debug --strip-producers --strip-target-features \
  --enable-bulk-memory --enable-sign-ext --enable-mutable-globals --enable-nontrapping-float-to-int --enable-multivalue --enable-reference-types \
  "$CARGO_TARGET_DIR/$target/wasm/trusted_profile_c.wasm" -o "$out/core.wasm"
gzip -9 -n -c "$out/core.wasm" >"$out/core.wasm.gz"

hash_of() { sha256sum "$1" | cut -d ' ' -f 1; }
# The compiler and its standard library, whose file names depend on how it was built.
built_by() {
  scripts/ensure-wasm-target.sh bash -c '
    rustc -V
    basename -a "$(rustc --print target-libdir --target '"$target"')"/lib{core,alloc}-*.rlib' 2>/dev/null | paste -s -d ' '
  echo "binaryen $(node -p "require('./$binaryen/package.json').version")"
}
fresh=$(printf 'sha256 %s\n%s' "$(hash_of "$out/core.wasm")" "$(built_by)")
size=$(wc -c <"$out/core.wasm")
zipped=$(wc -c <"$out/core.wasm.gz")
echo "wasm for Go: $size bytes, $zipped after gzip -9 (budget $budget)" >&2
[ "$zipped" -le "$budget" ] || { echo "wasm for Go: over the budget" >&2; exit 1; }

case ${1:-} in
  --write)
    cp "$out/core.wasm.gz" "$committed"
    echo "$fresh" >"$manifest"
    ;;
  --check)
    gzip -d -c "$committed" >"$out/committed.wasm"
    [ "sha256 $(hash_of "$out/committed.wasm")" = "$(head -n 1 "$manifest")" ] || { echo "$committed is not what $manifest says" >&2; exit 1; }
    if [ "$fresh" = "$(cat "$manifest")" ]; then
      echo "wasm for Go: rebuilt, the same to the byte: $(hash_of "$out/core.wasm")" >&2
    elif [ "$(tail -n +2 <<<"$fresh")" = "$(tail -n +2 "$manifest")" ]; then
      echo "out of date: $committed (run scripts/go-wasm.sh --write)" >&2
      diff "$manifest" <(echo "$fresh") >&2 || true
      exit 1
    else
      echo "wasm for Go: another compiler than the committed one's, so the bytes tell nothing: the tests run with both" >&2
      diff "$manifest" <(echo "$fresh") >&2 || true
      echo "$out/core.wasm.gz"
    fi
    ;;
  *) echo "usage: scripts/go-wasm.sh --write | --check" >&2; exit 2 ;;
esac
