"""Every instance of a region.

    python list_instances.py [METADATA_ENDPOINT VPC_ENDPOINT]
"""

from __future__ import annotations

import sys

from trusted_profile import TokenProvider, Vpc

metadata, endpoint = sys.argv[1:3] if len(sys.argv) > 2 else (None, None)

with TokenProvider.vpc_instance(endpoint=metadata) as tokens:
    vpc = Vpc(tokens, region="us-south", endpoint=endpoint)
    # One page after the other, each when it is needed.
    for instance in vpc.list_instances_items(limit=100):
        print(f"{instance['name']}: {instance['status']}")
