#!/usr/bin/env bash
# Compiles and runs every Rust test of the workspace in one go, so that nothing is compiled twice, and shows
# what compiling and each test program took. Fails also when a corpus was not run whole.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The end-to-end tests run IBM's Python SDK core in this environment.
TRUSTED_PROFILE_IBM_CORE_PYTHON=$(scripts/venv.sh ibm-core)/python
export TRUSTED_PROFILE_IBM_CORE_PYTHON

start=$SECONDS
cargo test --workspace --exclude trusted-profile-python --all-features --locked --no-run
compiled=$((SECONDS - start))

result=0
cargo test --workspace --exclude trusted-profile-python --all-features --locked --no-fail-fast -- --show-output 2>&1 | tee "$log" || result=$?

# The corpora are run whole: as many files as there are.
whole() { # $1: corpus, then: its folders
  local corpus=$1 files line
  shift
  files=$(find "$@" -name '*.json' | wc -l)
  line="$corpus: $files run, 0 skipped"
  if grep -qxF "$line" "$log"; then
    echo "$line"
  else
    echo "there are $files $corpus, but no test reported '$line'"
    result=1
  fi
}
echo
whole vectors tests/vectors/scripts tests/vectors/operations
whole calls tests/vectors/calls
whole catalog tests/vectors/catalog
whole scenarios tests/scenarios/scripts
for way in operations typed; do
  grep -xE "$way: [0-9]+ run, 0 skipped" "$log" | sort -u | grep . || { echo "no test reported every operation ($way)"; result=1; }
done
grep -E '^(scenarios )?canary: [0-9]+ flipped' "$log" || { echo 'no canary reported'; result=1; }

printf '\n%8d s  compiling\n' "$compiled"
awk '
  / Running (unittests )?[^ ]+ \(/ { program = $NF; gsub(/[()]|.*\/deps\/|-[0-9a-f]+\)$/, "", program) }
  / Doc-tests / { program = $NF " (documentation)" }
  /^test result: / {
    passed += $4; failed += $6
    took = $0; sub(/.*finished in /, "", took); took += 0
    if (took >= 0.5) printf "%8.1f s  %s\n", took, program
  }
  END { printf "\n%d passed, %d failed\n", passed, failed }
' "$log"
exit "$result"
