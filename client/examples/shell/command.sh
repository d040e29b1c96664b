#!/bin/sh
# A program that knows nothing of this library, with the token in IC_IAM_TOKEN: command.sh URL
set -eu
# shellcheck disable=SC2016 # it is the inner shell that has the token
trusted-profile exec -- sh -c 'printf "Authorization: Bearer %s\n" "$IC_IAM_TOKEN" | curl -sS --fail-with-body -H @- "$1"' sh "$1"
