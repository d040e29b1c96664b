#!/usr/bin/env bash
# Measures the Python package beside IBM's SDK core.
#
#   TRUSTED_PROFILE_WHEEL=trusted_profile-0.1.0-....whl scripts/bench-python.sh --page docs/benchmarks.md
#
# Without a wheel the package is taken from the tree, where its native part has to have been built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=$(scripts/venv.sh python-tests)/python
PYTHONPATH=$PWD/bindings-python exec "$python" -m benches --command 'make bench-python' "$@"
