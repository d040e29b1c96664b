"""On a bare metal server: whose token is this?

    python bare_metal.py PROFILE_ID [METADATA_ENDPOINT]
"""

from __future__ import annotations

import sys

from trusted_profile import TokenProvider

profile_id, endpoint = (*sys.argv[1:], None)[:2]

with TokenProvider.bare_metal(profile_id=profile_id, endpoint=endpoint) as tokens:
    print((tokens.unverified_claims(timeout=30) or {}).get("iam_id"))
