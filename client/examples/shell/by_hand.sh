#!/bin/sh
# What it takes on an instance without this library: by_hand.sh URL
#   on a laptop with METADATA_URL, the address of the simulator's metadata service
set -eu
metadata=${METADATA_URL:-http://169.254.169.254}
version='version=2025-08-26'

identity=$(curl -sS --fail-with-body -X PUT "$metadata/identity/v1/token?$version" -H 'Metadata-Flavor: ibm' \
  -H 'Content-Type: application/json' -d '{"expires_in": 300}' | jq -r .access_token)
token=$(curl -sS --fail-with-body -X POST "$metadata/identity/v1/iam_tokens?$version" -H "Authorization: Bearer $identity" \
  | jq -r .access_token)
curl -sS --fail-with-body -H "Authorization: Bearer $token" "$1"
