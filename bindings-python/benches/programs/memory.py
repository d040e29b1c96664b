"""What a provider keeps that holds a token: bytes that this process alone has in memory, for each of many."""

from __future__ import annotations

import gc
import sys

from .callers import call, provider, show

PROVIDERS = 1000


def main(side: str, url: str) -> None:
    # What is allocated once, whatever their number.
    for _ in range(50):
        call(provider(side, url))()
    before = _private_bytes()
    providers = [provider(side, url) for _ in range(PROVIDERS)]
    for tokens in providers:
        call(tokens)()
    show({"memory_bytes": [(_private_bytes() - before) / len(providers)]})


def _private_bytes() -> int:
    gc.collect()
    with open("/proc/self/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Private_Dirty:"))


if __name__ == "__main__":
    main(*sys.argv[1:])
