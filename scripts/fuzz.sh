#!/usr/bin/env bash
# Runs the fuzz targets of core/fuzz, FUZZ_SECONDS (60) each, from their committed corpus.
#
#   scripts/fuzz.sh            # all of them
#   scripts/fuzz.sh base_url   # these
#
# What it finds is written to core/fuzz/artifacts. New corpus files stay in the build folder until
# somebody decides to commit one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../core"

seconds=${FUZZ_SECONDS:-60}
if ! command -v cargo-fuzz >/dev/null; then
  bin=$(../scripts/venv.sh cargo-fuzz)
  PATH=$bin:$PATH
fi
build=${CARGO_TARGET_DIR:-$PWD/../target}/fuzz
# The fuzz crate has a lock file of its own; the nightly compiler shares nothing with the usual builds.
export CARGO_TARGET_DIR=$build

if [ $# -gt 0 ]; then targets=("$@"); else mapfile -t targets < <(cargo +nightly fuzz list); fi
for target in "${targets[@]}"; do
  found=$build/corpus/$target
  mkdir -p "$found"
  known=()
  [ ! -d "fuzz/corpus/$target" ] || known=("fuzz/corpus/$target")
  cargo +nightly fuzz run "$target" "$found" "${known[@]}" -- -max_total_time="$seconds" -print_final_stats=1 -rss_limit_mb=2048
done
