"""How late an event loop is, idle and while a token is fetched: milliseconds beyond each beat's time.

Ours is awaited. The peer has no asynchronous call: it is called on the loop, and once more in a thread.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from ..stub import begin
from .callers import provider, show

BEAT = 0.001
FETCHES = 10


def main(side: str, url: str, hop: str) -> None:
    begin(url, int(hop) / 1000)
    figures = asyncio.run(_ours(url) if side == "ours" else _peer(url))
    begin(url, 0)
    show(figures)


async def _ours(url: str) -> dict[str, list[float]]:
    async def fetch(tokens: Any) -> None:
        await tokens.token_async()

    idle, busy, longest = await _beats(lambda: provider("ours", url), fetch)
    return {"loop_idle": idle, "loop_fetching": busy, "loop_longest": longest}


async def _peer(url: str) -> dict[str, list[float]]:
    async def on_the_loop(tokens: Any) -> None:
        tokens.get_token()

    async def in_a_thread(tokens: Any) -> None:
        await asyncio.to_thread(tokens.get_token)

    idle, busy, longest = await _beats(lambda: provider("peer", url), on_the_loop)
    _, busy_beside, longest_beside = await _beats(lambda: provider("peer", url), in_a_thread)
    here = {"loop_idle": idle, "loop_fetching": busy, "loop_longest": longest}
    return {**here, "loop_fetching_in_thread": busy_beside, "loop_longest_in_thread": longest_beside}


async def _beats(new: Callable[[], Any], fetch: Callable[[Any], Awaitable[None]]) -> tuple[list[float], list[float], list[float]]:
    """The lateness of all beats without and with a fetch, and the largest of each fetch."""
    idle: list[float] = []
    busy: list[float] = []
    longest = []
    for _ in range(FETCHES):
        idle += await _lateness(asyncio.sleep(0.4))
        beats = await _lateness(fetch(new()))
        longest.append(max(beats))
        busy += beats
    return idle, busy, longest


async def _lateness(meanwhile: Awaitable[None]) -> list[float]:
    late: list[float] = []

    async def beat() -> None:
        while True:
            due = time.perf_counter() + BEAT
            await asyncio.sleep(BEAT)
            late.append((time.perf_counter() - due) * 1000)

    heart = asyncio.create_task(beat())
    await asyncio.sleep(0)
    await meanwhile
    # The beat that was due meanwhile is counted as well.
    await asyncio.sleep(2 * BEAT)
    heart.cancel()
    return late


if __name__ == "__main__":
    main(*sys.argv[1:])
