"""In a pod: the service account's token for one of a trusted profile.

    python container.py PROFILE_ID [TOKEN_FILE IAM_ENDPOINT]

The token file is that of a projected volume; without one, the usual places are looked at.
"""

from __future__ import annotations

import sys

from trusted_profile import TokenProvider
from trusted_profile.errors import CrTokenUnavailableError, ProfileNotEligibleError

profile_id, cr_token_file, endpoint = (*sys.argv[1:], None, None)[:3]

with TokenProvider.container(profile_id=profile_id, cr_token_file=cr_token_file, endpoint=endpoint) as tokens:
    try:
        print((tokens.unverified_claims(timeout=30) or {}).get("iam_id"))
    except CrTokenUnavailableError as error:
        sys.exit(f"there is no token of a service account here:\n{error}")
    except ProfileNotEligibleError as error:
        sys.exit(f"the profile has to be linked to this service account:\n{error}")
