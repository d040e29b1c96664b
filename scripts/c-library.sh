#!/usr/bin/env bash
# Builds the C library, and prints the folder that it is in: libtrusted_profile.so.VERSION, libtrusted_profile.a, and
# libtrusted_profile_sansio.a, the small one without the transport.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
out=$target/c/lib
mkdir -p "$out"

version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
build() { cargo rustc --quiet --locked -p trusted-profile-c --lib "$@" >&2; }

# Programs ask for the name that says which interface it has.
build --release -- -C "link-arg=-Wl,-soname,libtrusted_profile.so.${version%%.*}"
cp "$target/release/libtrusted_profile_c.a" "$out/libtrusted_profile.a"
cp "$target/release/libtrusted_profile_c.so" "$out/libtrusted_profile.so.$version"
ln -sf "libtrusted_profile.so.$version" "$out/libtrusted_profile.so.${version%%.*}"
ln -sf "libtrusted_profile.so.${version%%.*}" "$out/libtrusted_profile.so"

build --profile dist --no-default-features --features operations --crate-type staticlib
cp "$target/dist/libtrusted_profile_c.a" "$out/libtrusted_profile_sansio.a"
echo "$out"
