"""On a VPC instance: whose token is this?

    python vpc_instance.py [METADATA_ENDPOINT]
"""

from __future__ import annotations

import sys

from trusted_profile import TokenProvider, TrustedProfileError

endpoint = sys.argv[1] if len(sys.argv) > 1 else None

with TokenProvider.vpc_instance(endpoint=endpoint) as tokens:
    try:
        token = tokens.token(timeout=30)
    except TrustedProfileError as error:
        # All of it: what went wrong, the likely causes, and how to fix each.
        sys.exit(str(error))
    claims = token.unverified_claims() or {}
    print(f"{claims.get('iam_id')}, for {claims.get('exp', 0) - claims.get('iat', 0)} seconds")
