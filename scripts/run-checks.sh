#!/usr/bin/env bash
# Runs the named make targets one after another, all of them, and ends with the time and result of each.
# Those after `--` run beside the others, at low priority: compiling fills the cores while tests wait. What
# they print is shown at the end.
#
#   scripts/run-checks.sh fmt test-rust -- lint
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

first=() beside=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do first+=("$1"); shift; done
[ $# -eq 0 ] || beside=("${@:2}")

if [ ${#beside[@]} -gt 0 ]; then
  (renice -n 10 -p $BASHPID >/dev/null; run "$folder/beside" "${beside[@]}") >"$folder/output" 2>&1 &
fi
run "$folder/first" "${first[@]}"
wait
if [ ${#beside[@]} -gt 0 ]; then cat "$folder/output"; fi

echo
cat "$folder"/first "$folder"/beside 2>/dev/null
printf '%-16s %5d s\n\n' total "$SECONDS"
passed=$(cat "$folder"/first "$folder"/beside 2>/dev/null | grep -c ' passed$')
failed=$((${#first[@]} + ${#beside[@]} - passed))
printf 'checks: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
