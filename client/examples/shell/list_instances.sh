#!/bin/sh
# Every instance of a region, whatever the number of pages; on a laptop with:
#   --source vpc_instance --endpoint METADATA --service-endpoint VPC
set -eu
# All or nothing: in a pipe, a page that fails would leave a list that ends early, and a script that ends well.
instances=$(trusted-profile call vpc.list_instances --region us-south --all "$@")
printf '%s\n' "$instances" | jq -r '"\(.name): \(.status)"'
