#!/bin/sh
# One request with the token: with_a_token.sh URL
set -eu
# The header comes by standard input: command lines can be read by everybody on the machine.
trusted-profile token --header | curl -sS --fail-with-body -H @- "$1"
