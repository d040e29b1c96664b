#!/usr/bin/env bash
# Builds the source distribution of the Python package and, from it, the wheel, whose path it prints. So what is
# handed out is what builds. The wheel's tag says which C libraries it runs with: those of this machine and later ones.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
out=$target/wheels sources=$target/sdist

maturin=$("$root/scripts/venv.sh" maturin)/maturin
# Two runs at once: the second waits, and has little to do.
mkdir -p "$target"
exec 9>"$target/wheels.lock"
! command -v flock >/dev/null || flock 9

# The source distribution is the same to the byte as long as its files are.
rm -rf "$sources"
cd "$root/bindings-python"
"$maturin" sdist --out "$sources" >/dev/null
made=$(cat "$sources"/*.tar.gz <(rustc -vV) | cksum)
if [ "$made" = "$(cat "$out/made-of" 2>/dev/null)" ]; then
  ls "$out"/*.whl
  exit
fi
rm -rf "$out"
mkdir -p "$out"
mv "$sources"/*.tar.gz "$out"
# Its files have a date of their own, by which cargo would take them for old.
tar --extract --gzip --touch --strip-components 1 --directory "$sources" --file "$out"/*.tar.gz

# Panic messages must not carry this machine's paths.
export RUSTFLAGS="--remap-path-prefix=$sources=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src="
cd "$sources"
"$maturin" build --quiet --profile dist --out "$out" >&2
# The lock file is without the crates of the tests there, and otherwise the same.
versions() { grep -A 1 '^name = ' "$1" | paste - - - | sort; }
if [ -n "$(comm -23 <(versions Cargo.lock) <(versions "$root/Cargo.lock"))" ]; then
  echo 'the source distribution does not build with the versions of Cargo.lock' >&2
  exit 1
fi
echo "$made" >"$out/made-of"
ls "$out"/*.whl
