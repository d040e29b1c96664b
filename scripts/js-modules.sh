#!/usr/bin/env bash
# Installs what package-lock.json of bindings-js names, when it is not there yet. Install scripts are not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../bindings-js"

key=$(cat package-lock.json <(node --version) | cksum)
if [ "$(cat node_modules/.complete 2>/dev/null)" != "$key" ]; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel error >&2
  echo "$key" >node_modules/.complete
fi
