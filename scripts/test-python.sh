#!/usr/bin/env bash
# Builds the wheel and tests what users would install: types, stubs, and every test, with the libraries that
# there are adapters for; then what needs no library on the oldest and the newest CPython of this machine.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}
bin=$(scripts/venv.sh python-tests)

wheel=$(scripts/wheel.sh)
site=$target/python-site
rm -rf "$site"
"$bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps --target "$site" "$wheel"
if "$bin/python" -m zipfile --list "$wheel" | grep -F .pyc; then
  echo 'the wheel holds bytecode, with paths of this machine' >&2
  exit 1
fi
echo "$(basename "$wheel"): $(wc -c <"$wheel") bytes, installed $(du -sb "$site" | cut -f 1)"

cargo build --quiet --locked -p simulator -p vectors -p oracle --bins
export PYTHONPATH=$site
export TRUSTED_PROFILE_SIMULATOR=$target/debug/simulator TRUSTED_PROFILE_CANARY=$target/debug/canary
export TRUSTED_PROFILE_EVERY_REQUEST=$target/debug/every-request

cd bindings-python

check_types() {
  MYPYPATH=$PWD/python:$PWD/tests:$PWD/tests/libraries "$bin/python" -m mypy --cache-dir "$target/mypy" \
    python/trusted_profile tests examples benches
  cd "$site"
  MYPYPATH=$site "$bin/python" -m mypy.stubtest --mypy-config-file "$root/bindings-python/pyproject.toml" \
    --allowlist "$root/bindings-python/stubtest-allowlist.txt" trusted_profile
}

test_with() { # $1: interpreter
  local bin
  bin=$(PYTHON=$1 "$root/scripts/venv.sh" pytest)
  "$bin/python" -m pytest -q --show-capture=no --ignore tests/libraries tests
}

# All at once: they wait more than they compute, or use one core. Shown one by one.
logs=$(mktemp -d)
names=() jobs=()
# Each in a process group of its own, which an interrupt from the keyboard does not reach.
set -m
end() {
  local job
  for job in "${jobs[@]}"; do kill -- "-$job" 2>/dev/null || true; done
  rm -rf "$logs"
}
trap end EXIT
begin() { # $1: what it is, then: the command
  names+=("$1")
  (set -e; trap 'echo "$SECONDS" >"$logs/time-'"${#jobs[@]}"'"' EXIT; "${@:2}") </dev/null >"$logs/${#jobs[@]}" 2>&1 &
  jobs+=($!)
}
begin 'every test, with the libraries, '"$("$bin/python" -V)" "$bin/python" -m pytest -q --show-capture=no tests
begin 'types and stubs' check_types
while read -r python; do
  begin "what needs no library, $("$python" -V)" test_with "$python"
done < <("$root/scripts/pythons.sh")

result=0
for number in "${!jobs[@]}"; do
  outcome=passed
  wait "${jobs[$number]}" || outcome=FAILED result=1
  printf '\n-- %s: %s after %d s\n' "${names[$number]}" "$outcome" "$(cat "$logs/time-$number")"
  cat "$logs/$number"
done
exit "$result"
