#!/usr/bin/env bash
# Builds the wheel of the Python package, and with --sdist its source distribution too, and prints their
# paths. The wheel's tag says which C libraries it runs with: those of this machine and later ones.
#
#   scripts/wheel.sh [--sdist]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
out=$target/wheels

maturin=$("$root/scripts/venv.sh" maturin)/maturin
# Two runs at once: the second waits, and has little to do.
mkdir -p "$target"
exec 9>"$target/wheels.lock"
! command -v flock >/dev/null || flock 9
rm -rf "$out"
cd "$root/bindings-python"
# Panic messages must not carry this machine's paths.
export RUSTFLAGS="--remap-path-prefix=$root=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src="
"$maturin" build --quiet --locked --profile dist --out "$out" >&2
[ "${1:-}" != --sdist ] || "$maturin" sdist --out "$out" >&2
ls "$out"/*
