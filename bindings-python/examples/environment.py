"""Whatever the surroundings say: an instance, a pod, or an API key on a laptop.

    TRUSTED_PROFILE_AUTH_TYPE=vpc python environment.py
"""

from __future__ import annotations

from trusted_profile import TokenProvider

tokens = TokenProvider.from_environment()
tokens.on_event = print
tokens.token()
# Which source this is, why, and how it is doing.
print(tokens)
