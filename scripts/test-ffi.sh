#!/usr/bin/env bash
# Tests the bindings that are named, side by side, and says how long each took. What they print is shown one after the other.
#
#   scripts/test-ffi.sh c go kotlin
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ $# -gt 1 ] || exec "scripts/test-$1.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# What runs in the background does not get the interrupt.
trap 'trap - TERM; kill 0' INT TERM

pids=()
for language in "$@"; do
  (
    "scripts/test-$language.sh"
    result=$?
    outcome=passed
    [ "$result" -eq 0 ] || outcome=FAILED
    printf '\n-- %s: %s after %d s\n' "$language" "$outcome" "$SECONDS"
    exit "$result"
  ) >"$folder/$language" 2>&1 &
  pids+=($!)
done

result=0
for number in "${!pids[@]}"; do
  wait "${pids[$number]}" || result=1
  cat "$folder/${*:number+1:1}"
done
exit "$result"
