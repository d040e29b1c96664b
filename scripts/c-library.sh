#!/usr/bin/env bash
# Builds the C library, and prints the folder that it is in: libtrusted_profile.so.VERSION, libtrusted_profile.a, and
# libtrusted_profile_sansio.a, the small one without the transport. Only what is named is built, or all.
#
#   scripts/c-library.sh [shared] [static] [sansio]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
out=$target/c/lib
mkdir -p "$out"

version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
build() { cargo rustc --quiet --locked -p trusted-profile-c --lib "$@" >&2; }

[ $# -gt 0 ] || set -- shared static sansio
for kind in "$@"; do
  case $kind in
    shared)
      # Programs ask for the name that says which interface it has.
      build --release --crate-type cdylib -- -C "link-arg=-Wl,-soname,libtrusted_profile.so.${version%%.*}"
      cp "$target/release/libtrusted_profile_c.so" "$out/libtrusted_profile.so.$version"
      ln -sf "libtrusted_profile.so.$version" "$out/libtrusted_profile.so.${version%%.*}"
      ln -sf "libtrusted_profile.so.${version%%.*}" "$out/libtrusted_profile.so"
      ;;
    static)
      build --release --crate-type staticlib
      cp "$target/release/libtrusted_profile_c.a" "$out/libtrusted_profile.a"
      ;;
    sansio)
      build --profile dist --no-default-features --crate-type staticlib
      cp "$target/dist/libtrusted_profile_c.a" "$out/libtrusted_profile_sansio.a"
      ;;
    *) echo "c-library.sh: there is no $kind" >&2; exit 1 ;;
  esac
done
echo "$out"
