"""A token that is there: nanoseconds a call, as a program calls, with the attribute looked up."""

from __future__ import annotations

import sys
import timeit
from typing import Any

from .callers import call, provider, show

CALLS = 20_000
REPEATS = 11


def main(side: str, url: str) -> None:
    tokens = provider(side, url)
    call(tokens)()
    figures = {"cached_ns": _nanoseconds("tokens.token()" if side == "ours" else "tokens.get_token()", tokens=tokens)}
    if side == "ours":
        # What the interpreter alone takes to call a method that does nothing.
        figures["empty_call_ns"] = _nanoseconds("text.isascii()", text="")
    show(figures)


def _nanoseconds(statement: str, **names: Any) -> list[float]:
    # The best of each process: so short a time is only ever made longer by what else the machine does.
    return [min(timeit.repeat(statement, globals=names, number=CALLS, repeat=REPEATS)) / CALLS * 1e9]


if __name__ == "__main__":
    main(*sys.argv[1:])
