"""Waits for a token, for ten minutes."""

from __future__ import annotations

import asyncio
import sys

from trusted_profile import TokenProvider

endpoint, transport, how = sys.argv[1:]
policy = {"link_local": {"connect": 1, "attempt": 60, "round": 600}}
tokens = TokenProvider.vpc_instance(endpoint=endpoint, transport=transport, policy=policy)
if how == "thread":
    tokens.token()
else:
    asyncio.run(tokens.token_async())
