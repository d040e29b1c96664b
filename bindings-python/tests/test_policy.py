"""docs/policy.md lists every knob with its default."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from trusted_profile import TokenProvider

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
POLICY = Path(__file__).parents[2] / "core" / "src" / "token" / "policy.rs"


def table() -> dict[str, str]:
    return dict(re.findall(r"^\| `([a-z_.]+)` \| ([^|]+?) \|", PAGE.read_text(), re.MULTILINE))


def nested(values: dict[str, Any]) -> dict[str, Any]:
    policy: dict[str, Any] = {}
    for name, value in values.items():
        room, _, knob = name.rpartition(".")
        (policy.setdefault(room, {}) if room else policy)[knob] = value
    return policy


def test_every_default_of_the_page_is_accepted() -> None:
    numbers = {name: float(value) if "." in value else int(value) for name, value in table().items() if value != "none"}
    assert len(numbers) == 25
    TokenProvider.vpc_instance(policy=nested(numbers))


def test_every_knob_is_on_the_page() -> None:
    struct = POLICY.read_text().split("pub struct Policy {")[1].split("\n}")[0]
    knobs = set(re.findall(r"^    pub ([a-z_]+):", struct, re.MULTILINE))
    assert knobs == {name.partition(".")[0] for name in table()}


@pytest.mark.parametrize("name", ["cooldown", "remote.round", "expected_account_id", "max_attempts"])
def test_none_is_the_default(name: str) -> None:
    policy = nested({"remote.connect": 1, "remote.attempt": 2, "remote.round": 3}) if name == "remote.round" else nested({name: None})
    TokenProvider.vpc_instance(policy=policy)
