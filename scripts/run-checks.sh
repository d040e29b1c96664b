#!/usr/bin/env bash
# Runs the named make targets one after another, all of them, and ends with the time and result of each.
# After each `--` comes a lane that runs beside the first one, at low priority: compiling fills the cores while
# tests wait. What it prints is shown at the end.
#
#   scripts/run-checks.sh fmt test-rust -- lint docs -- wasm-size
#
# After all, and before the table, stand the last lines of each check that failed.
#
# A check that takes longer than CHECK_LIMIT seconds (2100) stands still: what it was doing is shown, and it fails.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

limit=${CHECK_LIMIT:-2100}
folder=$(mktemp -d)
# Each check is a process group of its own, which an interrupt from the keyboard does not reach.
stop() { kill -- $(sed 's/^/-/' "$folder"/group-* 2>/dev/null) 2>/dev/null; }
trap 'stop; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

# Waits for $1 seconds without a process that could be left over.
mkfifo "$folder/never"
wait_for() { read -rt "$1" <>"$folder/never"; }

# Runs `make $1` in the lane $2.
check() {
  local result watch
  set -m
  make "$1" </dev/null > >(tee "$folder/said-$1") 2>&1 &
  echo $! >"$folder/group-$2"
  set +m
  (
    wait_for "$limit"
    printf '\nmake %s stands still after %d s. Processes, their age in seconds, what they wait for:\n' "$1" "$limit"
    ps --forest -o pid,etimes,stat,wchan:24,args --ppid 2 -p 2 -N | cut -c 1-200
    kill -- "-$(cat "$folder/group-$2")"
    wait_for 20
    kill -KILL -- "-$(cat "$folder/group-$2")"
  ) &
  watch=$!
  wait "$(cat "$folder/group-$2")"
  result=$?
  kill "$watch" 2>/dev/null
  wait "$watch" 2>/dev/null
  rm -f "$folder/group-$2"
  return "$result"
}

# Runs the checks $2... one by one in the lane $1, and writes a line for each to its table.
run() {
  local lane=$1 check start result
  shift
  for check in "$@"; do
    # Lanes in the background do not get the interrupt that ended the first one.
    [ -d "$folder" ] || return
    start=$SECONDS
    printf '\n== make %s (after %d s)\n' "$check" "$start"
    if check "$check" "$lane"; then result=passed; else result=FAILED; fi
    printf '%-16s %5d s  %s\n' "$check" $((SECONDS - start)) "$result" >>"$folder/table-$lane"
  done
}

# The lanes, each a line of names.
mapfile -t lanes < <(printf '%s ' "$@" | sed 's/ -- /\n/g')
for number in "${!lanes[@]}"; do
  [ "$number" -gt 0 ] || continue
  # shellcheck disable=SC2086 # names of targets
  (trap - EXIT; renice -n 10 -p $BASHPID >/dev/null; run "$number" ${lanes[$number]}) >"$folder/output-$number" 2>&1 &
done
# shellcheck disable=SC2086
run 0 ${lanes[0]}
wait
cat "$folder"/output-* 2>/dev/null

for failed in $(sed -n 's/ .* FAILED$//p' "$folder"/table-*); do
  printf '\n== the last lines of make %s, which failed\n' "$failed"
  tail -n 40 "$folder/said-$failed"
done
echo
cat "$folder"/table-*
printf '%-16s %5d s\n\n' total "$SECONDS"
passed=$(cat "$folder"/table-* | grep -c ' passed$')
checks=$(wc -w <<<"${lanes[*]}")
printf 'checks: %d passed, %d failed\n' "$passed" "$((checks - passed))"
[ "$passed" -eq "$checks" ]
