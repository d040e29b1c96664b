"""An asynchronous client of httpx whose calls to one origin carry the token.

    TRUSTED_PROFILE_AUTH_TYPE=vpc python httpx_client.py ORIGIN PATH
"""

from __future__ import annotations

import asyncio
import sys

import httpx

from trusted_profile import TokenProvider
from trusted_profile.adapters.httpx import TrustedProfileAuth


async def main(origin: str, path: str) -> None:
    async with TokenProvider.from_environment() as tokens:
        async with httpx.AsyncClient(base_url=origin, auth=TrustedProfileAuth(tokens, [origin])) as client:
            answer = await client.get(path)
            print(answer.raise_for_status().text, end="")


asyncio.run(main(*sys.argv[1:]))
