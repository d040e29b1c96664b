"""A VPC is made, changed by two, and taken away.

    python change_safely.py NAME [METADATA_ENDPOINT VPC_ENDPOINT]
"""

from __future__ import annotations

import sys

from trusted_profile import TokenProvider, Vpc
from trusted_profile.errors import RequestRefusedError


def change(tokens: TokenProvider, endpoint: str | None, name: str) -> None:
    # `If-Match` goes along with every change of what this client has read: the tag that it last saw.
    vpc = Vpc(tokens, region="us-south", endpoint=endpoint, always_if_match=True)
    made = vpc.create_vpc(body={"name": name})
    # A list, or what making it was answered with, says nothing of tags: read what is to be changed.
    vpc.get_vpc(id=made["id"])

    somebody_else = Vpc(tokens, region="us-south", endpoint=endpoint)
    somebody_else.update_vpc(id=made["id"], body={"name": f"{name}-theirs"})

    try:
        vpc.update_vpc(id=made["id"], body={"name": f"{name}-ours"})
    except RequestRefusedError as error:
        if error.status != 412:
            raise
        print("somebody else was faster")
    # What they made of it has a tag of its own. Look at it, and decide anew.
    vpc.get_vpc(id=made["id"])
    print(vpc.update_vpc(id=made["id"], body={"name": f"{name}-ours"})["name"])
    vpc.delete_vpc(id=made["id"])


metadata, endpoint = sys.argv[2:4] if len(sys.argv) > 3 else (None, None)
with TokenProvider.vpc_instance(endpoint=metadata) as provider:
    change(provider, endpoint, sys.argv[1])
