"""The first token of a new provider, in a process that is up and has fetched before: milliseconds."""

from __future__ import annotations

import sys
import time

from .callers import call, provider, show

FETCHES = 100


def main(side: str, url: str) -> None:
    took = []
    for _ in range(FETCHES + 10):
        start = time.perf_counter()
        call(provider(side, url))()
        took.append((time.perf_counter() - start) * 1000)
    show({"warm": took[10:]})


if __name__ == "__main__":
    main(*sys.argv[1:])
