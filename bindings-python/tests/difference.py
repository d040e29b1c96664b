"""Says what differs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


class Difference(AssertionError):
    """The package does other things than the corpus expects."""


def same(what: str, expected: Any, found: Any) -> None:
    """As JSON, where true is not 1."""
    if json.dumps(expected, sort_keys=True) != json.dumps(found, sort_keys=True):
        raise Difference(f"{what}: expected {expected!r}, found {found!r}")


def same_if_given(what: str, expected: Any, found: Any) -> None:
    """The same, for an expectation that need not be there."""
    if expected is not None:
        same(what, expected, found)


def all_in(what: str, wanted: Sequence[str], texts: Sequence[str]) -> None:
    """Every wanted text is in one of the texts."""
    for part in wanted:
        if not any(part in text for text in texts):
            raise Difference(f"{what}: {part!r} is missing")
