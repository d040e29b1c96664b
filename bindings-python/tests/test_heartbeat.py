"""A loop goes on turning while a token is fetched."""

from __future__ import annotations

import asyncio

import pytest
from simulator import Simulator

from trusted_profile import TokenProvider


@pytest.mark.parametrize("transport", ["native", "python"])
def test_the_loop_turns_during_a_fetch(simulator: Simulator, transport: str) -> None:
    simulator.fault("metadata", {"kind": "latency", "ms": 200})
    tokens = TokenProvider.vpc_instance(endpoint=simulator.metadata_url, transport=transport)

    async def main() -> int:
        fetch, turns = asyncio.create_task(tokens.token_async()), 0
        while not fetch.done():
            await asyncio.sleep(0.001)
            turns += 1
        assert fetch.result().generation == 1
        return turns

    # Two hops are 400 ms. A loop that stood still during either would turn a handful of times.
    assert asyncio.run(main()) > 20
    assert simulator.exchanges() == 1
