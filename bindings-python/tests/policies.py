"""The corpus counts in milliseconds, Python in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NO_TIMES = ("max_attempts", "refresh_at", "refresh_jitter", "max_response_bytes", "max_file_bytes")


def in_seconds(knobs: Mapping[str, Any]) -> dict[str, Any]:
    """Every knob that is a time, in seconds."""
    return {name: _knob(name, value) for name, value in knobs.items()}


def _knob(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return in_seconds(value)
    return value / 1000 if isinstance(value, (int, float)) and name not in _NO_TIMES else value
