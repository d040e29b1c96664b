#!/usr/bin/env bash
# Prints the path of mdBook: the one that is installed in this version, else one that is compiled once, into the cache
# folder. Without the server, the watching of files and their crates.
set -euo pipefail
version=0.5.4
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trusted-profile/mdbook-$version

is_wanted() { [ "$("$1" --version 2>/dev/null)" = "mdbook v$version" ]; }

mdbook=$(command -v mdbook || true)
if [ -z "$mdbook" ] || ! is_wanted "$mdbook"; then
  mdbook=$cache/bin/mdbook
  mkdir -p "$cache"
  (
    ! command -v flock >/dev/null || flock 9
    # Not optimised: a book is built in two seconds as it is. Its build folder is not kept.
    is_wanted "$mdbook" ||
      CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$cache/build cargo install --quiet --locked --debug --root "$cache" --version "$version" \
        --no-default-features --features search mdbook
    rm -rf "$cache/build"
  ) 9>"$cache/lock" >&2
fi
echo "$mdbook"
