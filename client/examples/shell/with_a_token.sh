#!/bin/sh
# One request with the token: with_a_token.sh URL
set -eu
header=$(trusted-profile token --header)
# The header comes by standard input: command lines can be read by everybody on the machine.
printf '%s\n' "$header" | curl -sS --fail-with-body -H @- "$1"
