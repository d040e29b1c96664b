#!/bin/sh
# What this instance knows about itself.
set -eu
instance=$(trusted-profile metadata instance)
printf '%s\n' "$instance" | jq -r '"\(.name) in \(.zone.name)"'
# User data may hold secrets: this says how long it is.
initialization=$(trusted-profile metadata initialization)
printf '%s\n' "$initialization" | jq -r '"\(.user_data // "" | length) characters of user data"'
