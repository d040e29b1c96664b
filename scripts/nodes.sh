#!/usr/bin/env bash
# Prints the oldest and the newest Node.js that the JavaScript package is tested with. They come from npm, in the
# versions of scripts/requirements/nodes, and are kept in the cache folder; install scripts are not run. npm has them for
# Linux on x64: elsewhere nothing is printed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
requirements=$root/scripts/requirements/nodes

key=$(cat "$requirements"/package*.json | cksum | cut -d ' ' -f 1)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trusted-profile
nodes=$cache/nodes-$key

if [ ! -e "$nodes/complete" ]; then
  mkdir -p "$cache"
  (
    # Two runs at once: the second waits, and finds them there.
    ! command -v flock >/dev/null || flock 9
    [ ! -e "$nodes/complete" ] || exit 0
    rm -rf "$nodes"
    mkdir "$nodes"
    cp "$requirements"/package*.json "$nodes"
    npm ci --prefix "$nodes" --ignore-scripts --no-audit --no-fund --loglevel error
    rm -rf "$nodes"/node_modules/*/{include,share}
    # npm does without what it cannot have, since it is optional; on the machines that it is for it is not.
    [ "$(uname -sm)" != 'Linux x86_64' ] ||
      for name in oldest newest; do "$nodes/node_modules/$name/bin/node" --version >/dev/null; done
    touch "$nodes/complete"
  ) 9>"$cache/nodes.lock" >&2
fi
for name in oldest newest; do
  node=$nodes/node_modules/$name/bin/node
  if "$node" --version >/dev/null 2>&1; then echo "$node"; fi
done
