"""Many tasks, one request for a token. The loop goes on meanwhile.

    TRUSTED_PROFILE_AUTH_TYPE=vpc python asyncio_tasks.py
"""

from __future__ import annotations

import asyncio

from trusted_profile import AccessToken, TokenProvider


async def work(tokens: TokenProvider) -> AccessToken:
    # Ask before every request: a token that is there is returned at once.
    return await asyncio.wait_for(tokens.token_async(), timeout=30)


async def main() -> None:
    async with TokenProvider.from_environment() as tokens:
        found = await asyncio.gather(*(work(tokens) for _ in range(100)))
        print(f"{len(found)} tasks, {len({token.generation for token in found})} token")


asyncio.run(main())
