#!/bin/sh
# Everything between this machine and its token, looked at once; what failed comes with its likely causes and their fixes.
set -eu
if report=$(trusted-profile doctor --json); then
  echo 'all is well'
else
  printf '%s' "$report" | jq -r '.checks[] | select(.verdict == "fail") | .name, (.remedies[] | "  \(.cause). Fix: \(.fix)")'
  exit 1
fi
