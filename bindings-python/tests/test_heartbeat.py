"""A loop goes on turning while a token is fetched."""

from __future__ import annotations

import asyncio

import pytest
from held import Held
from simulator import Simulator

from trusted_profile import TokenProvider

# A loop that stood still would do so until the attempt is over.
POLICY = {"link_local": {"connect": 5, "attempt": 60, "round": 600}, "max_attempts": 1}


@pytest.mark.parametrize("hop", ["PUT", "POST"])
@pytest.mark.parametrize("transport", ["native", "python"])
def test_the_loop_turns_during_a_fetch(simulator: Simulator, held: Held, transport: str, hop: str) -> None:
    held.hold(hop)
    tokens = TokenProvider.vpc_instance(endpoint=held.metadata_url, transport=transport, policy=POLICY)

    async def main() -> None:
        fetch = asyncio.create_task(tokens.token_async())
        while not held.is_holding:
            await asyncio.sleep(0.001)
            assert not fetch.done()
        for _ in range(50):
            await asyncio.sleep(0.001)
        assert not fetch.done() and held.is_holding
        held.let_go()
        assert (await fetch).generation == 1

    asyncio.run(main())
    assert simulator.exchanges() == 1
