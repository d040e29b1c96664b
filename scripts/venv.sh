#!/usr/bin/env bash
# Makes the virtual environment of scripts/requirements/NAME.txt once, and prints its bin folder.
#
#   "$(scripts/venv.sh ibm-core)/python" -c 'import ibm_cloud_sdk_core'
#
# Versions and hashes are pinned there; a change of the file makes a new environment.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
name=$1
requirements=$root/scripts/requirements/$name.txt
[ -f "$requirements" ] || { echo "venv: there is no $requirements" >&2; exit 1; }

python=$("$root/scripts/python.sh") || { echo 'missing: Python 3.10 or later with venv' >&2; exit 1; }
key=$({ "$python" -VV; cat "$requirements"; } | cksum | cut -d ' ' -f 1)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trusted-profile
venv=$cache/venv-$name-$key

if [ ! -e "$venv/complete" ]; then
  mkdir -p "$cache"
  (
    # Two runs at once: the second waits, and finds it made.
    ! command -v flock >/dev/null || flock 9
    [ ! -e "$venv/complete" ] || exit 0
    rm -rf "$venv"
    "$python" -m venv "$venv"
    options=(--quiet --require-hashes --only-binary :all: -r "$requirements")
    # pip takes a minute of computing for the largest of them.
    if [ "$name" != uv ] && uv=$("$root/scripts/venv.sh" uv 2>/dev/null); then
      UV_CACHE_DIR=$cache/uv "$uv/uv" pip install --python "$venv/bin/python" --link-mode copy "${options[@]}"
    else
      "$venv/bin/python" -m pip install --disable-pip-version-check --no-input "${options[@]}"
    fi
    touch "$venv/complete"
  ) 9>"$cache/venv-$name.lock" >&2
fi
echo "$venv/bin"
