"""Which VPCs are there, and what are their subnets? Those are asked for at once, each by a task of its own.

    python list_vpcs.py [METADATA_ENDPOINT VPC_ENDPOINT]
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from trusted_profile import AsyncVpc, TokenProvider, TrustedProfileError

if TYPE_CHECKING:
    from trusted_profile.models.vpc import VPC

metadata, endpoint = sys.argv[1:3] if len(sys.argv) > 2 else (None, None)


async def describe(client: AsyncVpc, vpc: VPC) -> str:
    names = [subnet["name"] async for subnet in client.list_subnets_items(vpc_id=vpc["id"])]
    return f"{vpc['name']}: {', '.join(names) or 'no subnets'}"


async def main() -> None:
    async with TokenProvider.vpc_instance(endpoint=metadata) as tokens:
        client = AsyncVpc(tokens, region="us-south", endpoint=endpoint)
        vpcs = [vpc async for vpc in client.list_vpcs_items()]
        for line in await asyncio.gather(*(describe(client, vpc) for vpc in vpcs)):
            print(line)


try:
    asyncio.run(main())
except TrustedProfileError as error:
    # All of it: what went wrong, the likely causes, and how to fix each.
    sys.exit(str(error))
