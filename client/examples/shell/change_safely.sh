#!/bin/sh
# A change that is refused if somebody else was faster: change_safely.sh VPC_ID NEW_NAME
#   on a laptop with: --source vpc_instance --endpoint METADATA --service-endpoint VPC
set -eu
id=$1 name=$2
shift 2

# The tag of what is read here is in the trace, which says what is wrong as well.
trace=$(trusted-profile call vpc.get_vpc "id=$id" --region us-south --verbose "$@" 2>&1 >/dev/null) || {
  status=$?
  printf '%s\n' "$trace" >&2
  exit "$status"
}
tag=$(printf '%s\n' "$trace" | sed -n 's/.*etag="\(.*\)".*/\1/p' | sed 's/\\"/"/g' | tail -n 1)

# Into a pipe right away, and the script would end as jq does, and not as the call.
changed=$(trusted-profile call vpc.update_vpc "id=$id" "if_match=${tag:?it has none}" "body={\"name\": \"$name\"}" --region us-south "$@")
printf '%s\n' "$changed" | jq -r .name
