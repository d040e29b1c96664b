#!/usr/bin/env bash
# Builds the Kotlin package and tests what users call: every vector, scenario and operation, coroutines, threads, plain Java, the
# examples. Looks at the Swift as far as that goes without a Swift compiler. Fails also when a corpus was not run whole.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}

bindings=$(scripts/bindings.sh)
cargo build --quiet --locked -p simulator -p vectors -p oracle --bins
export TRUSTED_PROFILE_SIMULATOR=$target/debug/simulator TRUSTED_PROFILE_CANARY=$target/debug/canary
export TRUSTED_PROFILE_EVERY_REQUEST=$target/debug/every-request
export TRUSTED_PROFILE_CORPORA=$root/tests

python=$(scripts/python.sh)
"$python" bindings-ffi/uniffi/swift/check.py "$bindings/swift"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Downloads once, to Maven's own folder; later runs need no network.
mvn --batch-mode --no-transfer-progress --file bindings-ffi/uniffi/kotlin/pom.xml "-Dbindings=$bindings" "$@" package 2>&1 | tee "$log"

grep -qxF 'operations: 706 built, 0 skipped' "$log" || { echo 'not every operation was built' >&2; exit 1; }
for corpus in vectors scenarios; do
  line="$corpus: $(find "tests/$corpus/scripts" -name '*.json' | wc -l) run, 0 skipped"
  grep -qxF "$line" "$log" || { echo "nothing reported '$line'" >&2; exit 1; }
done
