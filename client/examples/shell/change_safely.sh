#!/bin/sh
# A change that is refused if somebody else was faster: change_safely.sh VPC_ID NEW_NAME
#   on a laptop with: --source vpc_instance --endpoint METADATA --service-endpoint VPC
set -eu
id=$1 name=$2
shift 2

# The tag of what is read here is in the trace.
trace=$(trusted-profile call vpc.get_vpc "id=$id" --region us-south --verbose "$@" 2>&1 >/dev/null)
tag=$(printf '%s\n' "$trace" | sed -n 's/.*etag="\(.*\)".*/\1/p' | sed 's/\\"/"/g' | tail -n 1)

trusted-profile call vpc.update_vpc "id=$id" "if_match=$tag" "body={\"name\": \"$name\"}" --region us-south "$@" | jq -r .name
