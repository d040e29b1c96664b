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


def defaults() -> dict[str, str]:
    """What ``Policy::default()`` says, as the page writes it."""
    body = POLICY.read_text().split("fn default() -> Self {")[1].split("\n}")[0]
    body = re.sub(r"(\w+): Timeouts \{ (.*) \}", lambda found: re.sub(r"(\w+):", rf"{found[1]}.\1:", found[2]), body)
    return {name: written(value) for name, value in re.findall(r"([a-z_.]+): ((?:[^,(]|\(.*?\))+)", body)}


def written(value: str) -> str:
    number = re.sub(r"seconds\((\d+)\)", r"\1", value.strip())
    if (time := re.fullmatch(r"Duration::from_millis\((\d+)\)", number)) is not None:
        number = f"{int(time[1]) / 1000:g}"
    if (shifted := re.fullmatch(r"(\d+) << (\d+)", number)) is not None:
        number = str(int(shifted[1]) << int(shifted[2]))
    return {"None": "none", "Duration::ZERO": "0", "0.80": "0.8", "0.10": "0.1"}.get(number, number)


def test_every_default_is_that_of_the_core() -> None:
    assert defaults() == table()


def test_every_knob_is_on_the_page() -> None:
    struct = POLICY.read_text().split("pub struct Policy {")[1].split("\n}")[0]
    knobs = set(re.findall(r"^    pub ([a-z_]+):", struct, re.MULTILINE))
    assert knobs == {name.partition(".")[0] for name in table()}


@pytest.mark.parametrize("name", ["cooldown", "remote.round", "expected_account_id", "max_attempts"])
def test_none_is_the_default(name: str) -> None:
    policy = nested({"remote.connect": 1, "remote.attempt": 2, "remote.round": 3}) if name == "remote.round" else nested({name: None})
    TokenProvider.vpc_instance(policy=policy)
