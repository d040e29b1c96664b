#!/usr/bin/env bash
# Prints the path of a Chromium or Chrome: the one that CHROMIUM names, or the first on the path. Where there is none,
# on a Debian or Ubuntu and as root or with a sudo that asks for nothing, the package `chromium` is installed.
set -euo pipefail

works() { [ -n "$1" ] && "$1" --version >/dev/null 2>&1; }

find_one() {
  local name path
  if [ -n "${CHROMIUM:-}" ]; then
    works "$CHROMIUM" && echo "$CHROMIUM"
    return
  fi
  for name in chromium chromium-browser google-chrome-stable google-chrome chrome; do
    path=$(command -v "$name" || true)
    # What Ubuntu calls chromium-browser may be a text that says where to get it.
    if works "$path"; then
      echo "$path"
      return
    fi
  done
  return 1
}

if find_one; then exit; fi
if [ -n "${CHROMIUM:-}" ]; then
  echo "missing: a Chromium at $CHROMIUM, which CHROMIUM names" >&2
  exit 1
fi
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)
if command -v apt-get >/dev/null && grep -qE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release 2>/dev/null && "${as_root[@]}" true 2>/dev/null; then
  {
    "${as_root[@]}" apt-get update --quiet --quiet
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install --quiet --quiet --yes --no-install-recommends chromium
  } >&2 || true
  if find_one; then exit; fi
fi
echo 'missing: Chromium or Chrome, for the tests of the JavaScript package in a browser (Debian: chromium); CHROMIUM may name one' >&2
exit 1
