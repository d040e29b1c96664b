"""Instants and durations as scripts write them."""

from __future__ import annotations

# The nanoseconds of what has no end.
NEVER = 2**64 - 1


def whole_ms(seconds: float) -> int:
    """Whole milliseconds, rounded up. The machine counts in nanoseconds."""
    return ms_of_ns(round(seconds * 1_000_000_000))


def ms_of_ns(nanoseconds: int) -> int:
    """The first millisecond at which the instant has come."""
    return -(-nanoseconds // 1_000_000)
