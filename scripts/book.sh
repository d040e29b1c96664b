#!/usr/bin/env bash
# Builds the book of docs/book into `book` of the build folder. Fails where mdBook warns, and where a link leads nowhere.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}

mdbook=$(scripts/mdbook.sh)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$mdbook" build docs/book --dest-dir "$target/book" 2>&1 | tee "$log"
if grep -E '\b(WARN|ERROR)\b' "$log" >/dev/null; then
  echo 'mdBook has something to complain about' >&2
  exit 1
fi
cargo run --locked -q -p book -- "$target/book"
echo "$target/book/index.html"
