#!/usr/bin/env bash
# Runs the named make targets one after another, all of them, and ends with the time and result of each.
# After each `--` comes a lane that runs beside the first one, at low priority: compiling fills the cores while
# tests wait. What it prints is shown at the end.
#
#   scripts/run-checks.sh fmt test-rust -- lint docs -- wasm-size
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Runs the checks one by one, and writes a line for each to the table $1.
run() {
  local table=$1 check start result
  shift
  for check in "$@"; do
    printf '\n== make %s\n' "$check"
    start=$SECONDS
    if make "$check"; then result=passed; else result=FAILED; fi
    printf '%-16s %5d s  %s\n' "$check" $((SECONDS - start)) "$result" >>"$table"
  done
}

# The lanes, each a line of names.
mapfile -t lanes < <(printf '%s ' "$@" | sed 's/ -- /\n/g')
for number in "${!lanes[@]}"; do
  [ "$number" -gt 0 ] || continue
  # shellcheck disable=SC2086 # names of targets
  (renice -n 10 -p $BASHPID >/dev/null; run "$folder/table-$number" ${lanes[$number]}) >"$folder/output-$number" 2>&1 &
done
# shellcheck disable=SC2086
run "$folder/table-0" ${lanes[0]}
wait
cat "$folder"/output-* 2>/dev/null

echo
cat "$folder"/table-*
printf '%-16s %5d s\n\n' total "$SECONDS"
passed=$(cat "$folder"/table-* | grep -c ' passed$')
checks=$(wc -w <<<"${lanes[*]}")
printf 'checks: %d passed, %d failed\n' "$passed" "$((checks - passed))"
[ "$passed" -eq "$checks" ]
