#!/usr/bin/env bash
# Tests the Go module: its WebAssembly against a fresh build, types and format, every test, and those without the
# corpora's sheer size once more under the race detector; the module for IBM's SDK core; and the corpora through cgo. Fails
# also when a corpus was not run whole.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}
export GOTOOLCHAIN=local

fresh=$(scripts/go-wasm.sh --check)
cargo build --quiet --locked -p simulator -p vectors -p oracle --bins
cargo build --quiet --locked --release -p trusted-profile-c --no-default-features --features operations
export TRUSTED_PROFILE_SIMULATOR=$target/debug/simulator TRUSTED_PROFILE_CANARY=$target/debug/canary
export TRUSTED_PROFILE_EVERY_REQUEST=$target/debug/every-request

cd bindings-ffi/go
log=$(mktemp)
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$log" "$TMPDIR"' EXIT

# That the corpora were run whole: as many files as there are.
whole() {
  local corpus line
  for corpus in vectors scenarios; do
    line="$corpus: $(find "$root/tests/$corpus/scripts" -name '*.json' | wc -l) run, 0 skipped"
    grep -qxF "$line" "$log" || { echo "nothing reported '$line'"; return 1; }
  done
}
# That every operation was built, by name and by its type, and called by its method.
every() {
  local what
  for what in 'operations: 706 built, 0 skipped' 'typed operations: 706 built, 0 skipped' 'methods: 706 called, 0 skipped'; do
    grep -qE "^$what" "$log" || { echo "nothing reported '$what'"; return 1; }
  done
}
run() { # $1: what it is, then: the command
  local started=$SECONDS
  printf '\n-- %s\n' "$1"
  "${@:2}" 2>&1 | tee "$log" | { grep -vE '^(=== |\s*--- PASS|PASS$|\?)' || true; }
  printf '   after %d s\n' $((SECONDS - started))
}

! grep -nE '^toolchain' go.mod sdkcore/go.mod || { echo 'a toolchain line would have go fetch another version of itself'; exit 1; }
unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || { printf 'gofmt would change:\n%s\n' "$unformatted"; exit 1; }
run 'go vet' go vet ./...
run 'go vet, on Windows' env GOOS=windows CGO_ENABLED=0 go vet .
run 'every test, without a C compiler' env CGO_ENABLED=0 CC=/there/is/no/compiler go test -count=1 -v ./...
whole
every
if [ -n "$fresh" ]; then
  overlay=$(mktemp)
  sed "s|.*/\(.*\)|\"$PWD/internal/engine/\1\": \"&\"|" <<<"$fresh" | paste -s -d , | sed 's/.*/{"Replace": {&}}/' >"$overlay"
  run 'both corpora and every operation, with the WebAssembly of this compiler' env CGO_ENABLED=0 go test -count=1 -v -overlay "$overlay" -run 'TestVectors|TestScenarios|TestEvery' . ./internal/typed
  rm -f "$overlay"
  whole
  every
fi
# Vectors are played by one goroutine, and interpreted code takes ten times as long there.
run 'under the race detector, without the vectors' go test -count=1 -race -skip 'Vectors|Examples|AloneInItsRoot' ./...
export CGO_CFLAGS="-I$root/bindings-ffi/c/include" CGO_LDFLAGS="-L$target/go-native"
mkdir -p "$target/go-native"
# Alone in its folder, or the linker would take the shared one.
cp "$target/release/libtrusted_profile_c.a" "$target/go-native/libtrusted_profile_sansio.a"
run 'both corpora, every operation, and what is left in the library, through cgo' go test -count=1 -v -tags trusted_profile_cgo -run 'TestVectors|TestScenarios|TestEvery|TestResources|TestNothingIsLeft' . ./internal/typed
whole
every
cd sdkcore
run 'go vet, module sdkcore' go vet ./...
run "with IBM's core, module sdkcore" env CGO_ENABLED=0 go test -count=1 ./...
left=$(ls "$TMPDIR")
[ -z "$left" ] || { printf 'the tests left behind:\n%s\n' "$left"; exit 1; }
