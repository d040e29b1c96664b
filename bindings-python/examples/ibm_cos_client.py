"""An object of IBM Cloud Object Storage, read by IBM's own client without keys.

    TRUSTED_PROFILE_AUTH_TYPE=vpc python ibm_cos_client.py ENDPOINT BUCKET KEY
"""

from __future__ import annotations

import sys

from trusted_profile import TokenProvider
from trusted_profile.adapters.ibm_boto3 import session

endpoint, bucket, key = sys.argv[1:]

with TokenProvider.from_environment() as tokens:
    cos = session(tokens, [endpoint]).client("s3", endpoint_url=endpoint)
    print(cos.get_object(Bucket=bucket, Key=key)["Body"].read().decode(), end="")
