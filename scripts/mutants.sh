#!/usr/bin/env bash
# Changes the decisions of the core one by one (cargo-mutants) and says which changes no test notices.
#
#   scripts/mutants.sh                       # token, retry and wire
#   scripts/mutants.sh --file core/src/...   # any options of cargo mutants
#
# Fails when fewer than MUTANTS_CAUGHT percent (95) are caught.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=27.1.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/trusted-profile/cargo-mutants-$version
if ! command -v cargo-mutants >/dev/null; then
  if [ ! -x "$cache/bin/cargo-mutants" ]; then
    echo "mutants: compiling cargo-mutants $version into $cache" >&2
    cargo install --locked --debug --quiet --root "$cache" --version "$version" cargo-mutants
  fi
  PATH=$cache/bin:$PATH
fi

output=${CARGO_TARGET_DIR:-$PWD/target}/mutants
mkdir -p "$output"
if [ $# -eq 0 ]; then set -- --file 'core/src/token/**' --file 'core/src/retry/**' --file 'core/src/wire/**'; fi
# cargo-mutants builds in copies of the tree, so the shared build folder is not for it.
env -u CARGO_TARGET_DIR cargo mutants --package trusted-profile-core --test-package trusted-profile-core --test-package vectors \
  --output "$output" --jobs "${MUTANTS_JOBS:-2}" --timeout 60 --cargo-arg=--locked "$@" || status=$?
# 2: some were missed, 3: some ran into the timeout. Anything else is no result.
case ${status:-0} in 0 | 2 | 3) ;; *) exit "$status" ;; esac

results=$output/mutants.out
caught=$(cat "$results/caught.txt" "$results/timeout.txt" | wc -l)
missed=$(wc -l <"$results/missed.txt")
total=$((caught + missed))
[ "$total" -gt 0 ] || { echo 'mutants: none were made'; exit 1; }
echo "mutants: $caught of $total caught ($((caught * 100 / total)) %)"
[ $((caught * 100)) -ge $((total * ${MUTANTS_CAUGHT:-95})) ]
