#!/usr/bin/env bash
# Compares the crates that the core links with the list of those that it may.
#
# A new one needs a written reason and its size (ARCHITECTURE.md, "Dependencies of the core") and then
# a line in scripts/core-dependencies.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

allowed=$(grep -vE '^(#|$)' scripts/core-dependencies.txt | sort -u)
# Every platform, so that a platform's own dependency cannot slip in.
tree=$(cargo tree --locked -p trusted-profile-core -e normal --target all --prefix none --format '{p}')
linked=$(awk '{ print $1 }' <<<"$tree" | grep -vx 'trusted-profile-core' | sort -u)

if ! difference=$(diff <(echo "$allowed") <(echo "$linked")); then
  echo 'The crates that the core depends on are not those of scripts/core-dependencies.txt:'
  sed -n 's/^< /  no longer used: /p; s/^> /  not allowed: /p' <<<"$difference"
  exit 1
fi
echo "the core depends on the $(wc -l <<<"$linked") crates of scripts/core-dependencies.txt"
