#!/usr/bin/env bash
# Tests the bindings that are named, one after the other, and says how long each took.
#
#   scripts/test-ffi.sh c
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

result=0
for language in "$@"; do
  start=$SECONDS outcome=passed
  "scripts/test-$language.sh" || { outcome=FAILED; result=1; }
  printf '\n-- %s: %s after %d s\n' "$language" "$outcome" $((SECONDS - start))
done
exit "$result"
