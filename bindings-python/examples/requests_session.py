"""A session of requests whose calls to one origin carry the token.

    TRUSTED_PROFILE_AUTH_TYPE=vpc python requests_session.py ORIGIN PATH
"""

from __future__ import annotations

import sys

import requests

from trusted_profile import TokenProvider
from trusted_profile.adapters.requests import TrustedProfileAuth

origin, path = sys.argv[1:]

with TokenProvider.from_environment() as tokens, requests.Session() as session:
    session.auth = TrustedProfileAuth(tokens, [origin])
    answer = session.get(f"{origin}{path}", timeout=30)
    answer.raise_for_status()
    print(answer.text, end="")
