"""A service that starts while the instance is still being set up.

    python first_boot.py [METADATA_ENDPOINT]
"""

from __future__ import annotations

import sys

from trusted_profile import TokenProvider

endpoint = sys.argv[1] if len(sys.argv) > 1 else None

# Until there was a first token, "not linked" and "unreachable" are tried again, for five minutes.
with TokenProvider.vpc_instance(endpoint=endpoint, policy={"wait_until_ready": 300}) as tokens:
    tokens.on_event = print
    tokens.token()
    print(tokens)
