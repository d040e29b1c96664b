"""Tokens of one's own: an agent beside this program leaves them in a file, with their end.

    python external_vault.py FILE

The file holds JSON, such as ``{"token": "...", "expires_at": 1767225600}``.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from trusted_profile import ExternalToken, TokenProvider

file = Path(sys.argv[1])


def from_agent() -> ExternalToken:
    # Called in a thread of its own whenever a token is needed; `async def` does as well. Caching, refreshing ahead
    # of time and keeping a good token while the agent is away are the provider's part.
    kept = json.loads(file.read_text())
    return ExternalToken(kept["token"], max(0.0, kept["expires_at"] - time.time()))


with TokenProvider.external(from_agent) as tokens:
    token = tokens.token(timeout=5)
    print(f"{token!r}, usable for more than {int(token.expires_at - time.time()) // 60} minutes")
