#!/usr/bin/env bash
# Provides what the tests of the C library need beside a compiler: json-c, libcurl, valgrind. Installs what is missing where
# that can be done without asking (Debian or Ubuntu, as root), and says in one line what is missing otherwise.
set -euo pipefail

missing() {
  command -v pkg-config >/dev/null || echo pkg-config
  command -v cmake >/dev/null || echo cmake
  command -v valgrind >/dev/null || echo valgrind
  command -v g++ >/dev/null || echo g++
  pkg-config --exists json-c 2>/dev/null || echo libjson-c-dev
  pkg-config --exists libcurl 2>/dev/null || echo libcurl4-openssl-dev
}

mapfile -t packages < <(missing)
[ ${#packages[@]} -gt 0 ] || exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get install -qq -y --no-install-recommends "${packages[@]}" >/dev/null 2>&1 \
    || { apt-get update -qq >/dev/null 2>&1 && apt-get install -qq -y --no-install-recommends "${packages[@]}" >/dev/null 2>&1; } || true
fi
mapfile -t packages < <(missing)
[ ${#packages[@]} -eq 0 ] || { echo "missing for the tests of the C library (Debian's names): ${packages[*]}" >&2; exit 1; }
