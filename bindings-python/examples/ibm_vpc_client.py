"""IBM's own client of the VPC API, without an API key.

    TRUSTED_PROFILE_AUTH_TYPE=vpc python ibm_vpc_client.py [ORIGIN]
"""

from __future__ import annotations

import sys

from ibm_vpc import VpcV1

from trusted_profile import TokenProvider
from trusted_profile.adapters.ibm_cloud_sdk_core import TrustedProfileAuthenticator

origin = sys.argv[1] if len(sys.argv) > 1 else "https://us-south.iaas.cloud.ibm.com"

with TokenProvider.from_environment() as tokens:
    vpc = VpcV1("2025-08-26", authenticator=TrustedProfileAuthenticator(tokens, [origin]))
    vpc.set_service_url(f"{origin}/v1")
    for region in vpc.list_regions().get_result()["regions"]:
        print(region["name"])
