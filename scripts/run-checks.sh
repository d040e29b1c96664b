#!/usr/bin/env bash
# Runs the named make targets one after another, all of them, and ends with the time and result of each.
#
#   scripts/run-checks.sh fmt lint
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

passed=0 failed=0 table=
for check in "$@"; do
  printf '\n== make %s\n' "$check"
  start=$SECONDS
  if make "$check"; then
    result=passed passed=$((passed + 1))
  else
    result=FAILED failed=$((failed + 1))
  fi
  table+=$(printf '%-16s %5d s  %s' "$check" $((SECONDS - start)) "$result")$'\n'
done

printf '\n%s%-16s %5d s\n\nchecks: %d passed, %d failed\n' "$table" total "$SECONDS" "$passed" "$failed"
[ "$failed" -eq 0 ]
