#!/bin/sh
# What this instance knows about itself.
set -eu
trusted-profile metadata instance | jq -r '"\(.name) in \(.zone.name)"'
# User data may hold secrets: this says how long it is.
trusted-profile metadata initialization | jq -r '"\(.user_data // "" | length) characters of user data"'
