#!/usr/bin/env bash
# Measures the Python package beside IBM's SDK core.
#
#   scripts/bench-python.sh --page docs/benchmarks.md
#
# TRUSTED_PROFILE_WHEEL names the wheel; without it one is built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

TRUSTED_PROFILE_WHEEL=${TRUSTED_PROFILE_WHEEL:-$(scripts/wheel.sh)}
export TRUSTED_PROFILE_WHEEL
python=$(scripts/venv.sh python-tests)/python
PYTHONPATH=$PWD/bindings-python exec "$python" -m benches --command 'make bench-python' "$@"
