#!/usr/bin/env bash
# Builds the npm package and tests what users install: types, every test in Node and in Chromium; then what needs neither
# a browser nor a bundler on the oldest and the newest Node.js. Fails also when a corpus was not run whole.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}

TRUSTED_PROFILE_CHROMIUM=$(scripts/chromium.sh)
package=$(scripts/js-package.sh)
echo "$(basename "$package"): $(wc -c <"$package") bytes"
cargo build --quiet --locked -p simulator -p vectors -p oracle --bins
export TRUSTED_PROFILE_CHROMIUM
export TRUSTED_PROFILE_SCREENSHOTS=$target/playground-screenshots
export TRUSTED_PROFILE_SIMULATOR=$target/debug/simulator TRUSTED_PROFILE_CANARY=$target/debug/canary
export TRUSTED_PROFILE_EVERY_REQUEST=$target/debug/every-request

cd bindings-js

check_types() {
  local project
  for project in tsconfig.json tsconfig.browser.json tests/tsconfig.json examples/tsconfig.json playground/tsconfig.json; do
    node node_modules/typescript/bin/tsc --noEmit -p "$project"
  done
}

# That the corpora were run whole: as many files as there are.
whole() { # $1: the log, then: corpora
  local log=$1 corpus line
  shift
  for corpus in "$@"; do
    line="$corpus: $(find "$root/tests/$corpus/scripts" -name '*.json' | wc -l) run, 0 skipped"
    grep -qxF "$line" "$log" || { echo "nothing reported '$line'"; return 1; }
  done
}

logs=$(mktemp -d)
names=() jobs=() corpora=()
# Each in a process group of its own, which an interrupt from the keyboard does not reach.
set -m
end() {
  local job
  for job in "${jobs[@]}"; do kill -- "-$job" 2>/dev/null || true; done
  rm -rf "$logs"
}
trap end EXIT
begin() { # $1: what it is, $2: the corpora that it runs, then: the command
  names+=("$1") corpora+=("$2")
  (set -e; trap 'echo "$SECONDS" >"$logs/time-'"${#jobs[@]}"'"' EXIT; "${@:3}") </dev/null >"$logs/${#jobs[@]}" 2>&1 &
  jobs+=($!)
}
result=0 shown=0
# Waits for all that has begun, and shows it, one by one.
finish() {
  local outcome
  for ((; shown < ${#jobs[@]}; shown++)); do
    outcome=passed
    wait "${jobs[$shown]}" || outcome=FAILED result=1
    # shellcheck disable=SC2086 # names of corpora
    whole "$logs/$shown" ${corpora[$shown]} >>"$logs/$shown" || outcome=FAILED result=1
    printf '\n-- %s: %s after %d s\n' "${names[$shown]}" "$outcome" "$(cat "$logs/time-$shown")"
    cat "$logs/$shown"
  done
}

# Two at a time, and what computes at low priority: scenarios have times of their own to keep.
begin "every test without a browser, Node.js $(node --version)" 'vectors scenarios' node build/test.mjs -browser/ -playground/ -packaging/bundlers -examples/
begin 'types' '' nice -n 10 bash -c "$(declare -f check_types); check_types"
finish
begin "every vector and scenario in $("$TRUSTED_PROFILE_CHROMIUM" --version 2>/dev/null)" 'vectors scenarios' node build/test.mjs browser/
begin 'bundlers and examples' '' nice -n 10 node build/test.mjs packaging/bundlers examples/
finish
begin 'the playground, by keyboard, in both themes' '' nice -n 10 node build/test.mjs playground/
nodes=$("$root/scripts/nodes.sh")
while read -r node; do
  [ -n "$node" ] || { echo 'npm has no other Node.js for this machine'; break; }
  begin "what needs no browser and no bundler, Node.js $("$node" --version)" 'vectors scenarios' \
    "$node" build/test.mjs -browser/ -playground/ -packaging/ -examples/
done <<<"$nodes"
finish
exit "$result"
