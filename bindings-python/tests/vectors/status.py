"""Compares the machine's status, and spells events as scripts do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from difference import Difference, same, same_if_given

from .expected import SlotStatus, Status
from .instants import whole_ms

_TIMES = ("life", "replaced_age", "token_age", "remaining")


def check(expected: Status, found: Mapping[str, Any]) -> None:
    """Raises the first difference."""
    same_if_given("source", expected.source, found["source"])
    same_if_given("protocol", expected.protocol, found["protocol"] or "none")
    same_if_given("clock_skew_seconds", expected.clock_skew_seconds, found["clock_skew_seconds"])
    slots = {slot["slot"]: slot for slot in found["slots"]}
    for name, slot in expected.slots.items():
        if name not in slots:
            raise Difference(f"the status has no slot {name}")
        _slot(f"status of {name}: ", slot, slots[name])


def _slot(where: str, expected: SlotStatus, found: Mapping[str, Any]) -> None:
    same_if_given(f"{where}generation", expected.generation, found["generation"])
    same_if_given(f"{where}has_token", expected.has_token, found["usable_until"] is not None)
    same_if_given(f"{where}usable_until", expected.usable_until, _monotonic_ms(found["usable_until"]))
    same_if_given(f"{where}refresh_at", expected.refresh_at, _monotonic_ms(found["refresh_at"]))
    same_if_given(f"{where}fetching", expected.fetching, found["fetching"])
    same_if_given(f"{where}failed_refreshes", expected.failed_refreshes, found["failed_refreshes"])
    failure = found["last_failure"]
    same_if_given(f"{where}last_failure", expected.last_failure, "none" if failure is None else failure["error"]["code"])


def _monotonic_ms(instant: Any) -> int | str | None:
    return whole_ms(instant["monotonic"]) if isinstance(instant, Mapping) else instant


def event(happened: Mapping[str, Any]) -> dict[str, Any]:
    """An event as scripts write it."""
    facts = {name: whole_ms(fact) if name in _TIMES else fact for name, fact in happened.items() if name not in ("event", "error")}
    if "error" in happened:
        facts["code"] = happened["error"]["code"]
    return {happened["event"]: facts}
