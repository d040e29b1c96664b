#!/usr/bin/env bash
# Builds the core as the WebAssembly modules that are part of the Go module: one for tokens, and one for operations.
#
#   scripts/go-wasm.sh --write     # and puts them in their place, with what they were built by
#   scripts/go-wasm.sh --check     # and compares: prints the paths of the fresh ones if another compiler built them
#
# The same compiler makes the same bytes of the same sources, wherever they lie. Another one does not; then the committed
# modules cannot be judged by their bytes, and the tests run with the fresh ones as well (scripts/test-go.sh).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=wasm32-unknown-unknown
export CARGO_TARGET_DIR=${WASM_TARGET_DIR:-${CARGO_TARGET_DIR:-$root/target}/wasm}
engine=bindings-ffi/go/internal/engine

scripts/js-modules.sh
binaryen=bindings-js/node_modules/binaryen
# Panic messages must not carry this machine's paths. A stack of a megabyte would be memory for each provider.
export RUSTFLAGS="--remap-path-prefix=$root=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src= -Clink-arg=-zstack-size=262144"
out=$CARGO_TARGET_DIR/go
mkdir -p "$out"

# What is weighed is what every program carries.
build() { # $1: the module, $2: its budget, then: features
  local size zipped
  scripts/ensure-wasm-target.sh cargo build --quiet --locked -p trusted-profile-c --no-default-features "${@:3}" --profile wasm --target "$target"
  # No features beyond those of the compiler: wazero has no others.
  node "$binaryen/bin/wasm-opt" -Oz --strip-debug --strip-producers --strip-target-features \
    --enable-bulk-memory --enable-sign-ext --enable-mutable-globals --enable-nontrapping-float-to-int --enable-multivalue --enable-reference-types \
    "$CARGO_TARGET_DIR/$target/wasm/trusted_profile_c.wasm" -o "$out/$1.wasm"
  gzip -9 -n -c "$out/$1.wasm" >"$out/$1.wasm.gz"
  size=$(wc -c <"$out/$1.wasm")
  zipped=$(wc -c <"$out/$1.wasm.gz")
  echo "wasm for Go, $1: $size bytes, $zipped after gzip -9 (budget $2)" >&2
  [ "$zipped" -le "$2" ] || { echo "wasm for Go, $1: over the budget" >&2; exit 1; }
}
build core 400000
build operations 400000 --features operations

hash_of() { sha256sum "$1" | cut -d ' ' -f 1; }
# The compiler and its standard library, whose file names depend on how it was built.
built_by() {
  scripts/ensure-wasm-target.sh bash -c '
    rustc -V
    basename -a "$(rustc --print target-libdir --target '"$target"')"/lib{core,alloc}-*.rlib' 2>/dev/null | paste -s -d ' '
  echo "binaryen $(node -p "require('./$binaryen/package.json').version")"
}
by=$(built_by)

check() { # $1: the module, $2: what the fresh one is
  local committed=$engine/$1.wasm.gz manifest=$engine/$1.wasm.txt
  gzip -d -c "$committed" >"$out/committed.wasm"
  [ "sha256 $(hash_of "$out/committed.wasm")" = "$(head -n 1 "$manifest")" ] || { echo "$committed is not what $manifest says" >&2; exit 1; }
  if [ "$2" = "$(cat "$manifest")" ]; then
    echo "wasm for Go, $1: rebuilt, the same to the byte: $(hash_of "$out/$1.wasm")" >&2
  elif [ "$(tail -n +2 <<<"$2")" = "$(tail -n +2 "$manifest")" ]; then
    echo "out of date: $committed (run scripts/go-wasm.sh --write)" >&2
    diff "$manifest" <(echo "$2") >&2 || true
    exit 1
  else
    echo "wasm for Go, $1: another compiler than the committed one's, so the bytes tell nothing: the tests run with both" >&2
    diff "$manifest" <(echo "$2") >&2 || true
    echo "$out/$1.wasm.gz"
  fi
}

for module in core operations; do
  fresh=$(printf 'sha256 %s\n%s' "$(hash_of "$out/$module.wasm")" "$by")
  case ${1:-} in
    --write)
      cp "$out/$module.wasm.gz" "$engine"
      echo "$fresh" >"$engine/$module.wasm.txt"
      ;;
    --check) check "$module" "$fresh" ;;
    *) echo "usage: scripts/go-wasm.sh --write | --check" >&2; exit 2 ;;
  esac
done
