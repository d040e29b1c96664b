#!/usr/bin/env bash
# Installs the C library: header, shared and static libraries, pkg-config and CMake files.
#
#   PREFIX=/usr/local DESTDIR= scripts/install-c.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
prefix=${PREFIX:-/usr/local}
case $prefix in
  /*) ;;
  *) echo "PREFIX: expected an absolute path, got $prefix" >&2; exit 2 ;;
esac
to=${DESTDIR:-}$prefix

lib=$(scripts/c-library.sh)
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
# What Rust's standard library needs of the system; see `rustc --print native-static-libs`.
native='-lgcc_s -lutil -lrt -lpthread -lm -ldl'

filled() { # $1: a template
  sed -e "s|@PREFIX@|$prefix|; s|@VERSION@|$version|; s|@MAJOR@|${version%%.*}|; s|@SERIES@|${version%.*}|; s|@NATIVE@|$native|" "bindings-ffi/c/install/$1.in"
}

install -d "$to/include" "$to/lib/pkgconfig" "$to/lib/cmake/trusted-profile"
install -m 644 bindings-ffi/c/include/trusted_profile.h "$to/include/"
install -m 755 "$lib/libtrusted_profile.so.$version" "$to/lib/"
cp -P "$lib/libtrusted_profile.so.${version%%.*}" "$lib/libtrusted_profile.so" "$to/lib/"
install -m 644 "$lib/libtrusted_profile.a" "$lib/libtrusted_profile_sansio.a" "$to/lib/"
for name in trusted-profile trusted-profile-static trusted-profile-sansio; do filled "$name.pc" >"$to/lib/pkgconfig/$name.pc"; done
for name in config config-version; do filled "trusted-profile-$name.cmake" >"$to/lib/cmake/trusted-profile/trusted-profile-$name.cmake"; done
echo "installed libtrusted_profile $version below $to"
