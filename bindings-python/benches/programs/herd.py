"""Many callers that come at once to an empty cache: how long they wait beyond the fetch, and what it costs the services.

The fetch is what one caller alone takes, just before. Our tasks are measured like our threads.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from ..stub import begin, count
from .callers import call, provider, show

CALLERS = 64
HERDS = 10


def main(side: str, url: str, hop: str) -> None:
    figures: dict[str, list[float]] = {}
    kinds: dict[str, Callable[[Any], list[float]]] = {"threads": threads}
    if side == "ours":
        kinds["tasks"] = tasks
    threads(provider(side, url))
    if side == "ours":
        figures["herd_bare"] = [bare() for _ in range(HERDS)]
    for _ in range(HERDS):
        for kind, herd in kinds.items():
            begin(url, int(hop) / 1000)
            alone = _timed(call(provider(side, url)))
            begin(url, int(hop) / 1000)
            waited = herd(provider(side, url))
            samples = {"fetch": alone, "middle": statistics.median(waited), "slowest": max(waited), "extra": max(waited) - alone}
            for name, sample in {**samples, "requests": count(url)}.items():
                figures.setdefault(f"herd_{kind}_{hop}_{name}", []).append(sample)
    begin(url, 0)
    show(figures)


def bare() -> float:
    """What the interpreter alone takes to wake as many threads, each at a lock of its own, until the last one runs."""
    woken: list[float] = []
    locks = [threading.Lock() for _ in range(CALLERS)]
    together = threading.Barrier(CALLERS + 1)

    def one(lock: threading.Lock) -> None:
        together.wait()
        lock.acquire(timeout=60)
        woken.append(time.perf_counter())

    herd = [threading.Thread(target=one, args=(lock,)) for lock in locks]
    for lock in locks:
        lock.acquire()
    for thread in herd:
        thread.start()
    together.wait()
    # They are to be asleep.
    time.sleep(0.05)
    start = time.perf_counter()
    for lock in locks:
        lock.release()
    for thread in herd:
        thread.join()
    return (max(woken) - start) * 1000


def threads(tokens: Any) -> list[float]:
    """What each of many threads waited for its token, in milliseconds."""
    waited: list[float] = []
    together = threading.Barrier(CALLERS)

    def one() -> None:
        together.wait()
        waited.append(_timed(call(tokens)))

    herd = [threading.Thread(target=one) for _ in range(CALLERS)]
    for thread in herd:
        thread.start()
    for thread in herd:
        thread.join()
    return waited


def tasks(tokens: Any) -> list[float]:
    """The same for tasks of one loop."""

    async def one() -> float:
        start = time.perf_counter()
        await tokens.token_async()
        return (time.perf_counter() - start) * 1000

    async def all_of_them() -> list[float]:
        return await asyncio.gather(*(one() for _ in range(CALLERS)))

    return asyncio.run(all_of_them())


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main(*sys.argv[1:])
