"""The files of the corpus, several at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from difference import Difference
from strict_json import UnfitError, only, read

from .script import Scenario

ROOT = Path(__file__).resolve().parents[3] / "tests" / "scenarios"
# Every scenario has a simulator of its own; a few at a time keep two cores busy.
AT_ONCE = 6


def scenarios() -> dict[str, Scenario]:
    """All scenarios, by the names of their files."""
    found = {path.name: read(Scenario, json.loads(path.read_text()), path.name) for path in sorted((ROOT / "scripts").iterdir())}
    for scenario in found.values():
        names = {str(number): only(step) for number, step in enumerate(scenario.steps, 1)}
        for number, step in [*scenario.variants.page.items(), *scenario.variants.inflating.items()]:
            if only(step) != names.get(number):
                raise UnfitError(f"{scenario.name}: a variant of step {number} is of another sort, or there is no such step")
    return found


def problems(pairs: Iterable[tuple[str, Callable[[], None]]]) -> list[str]:
    """Runs all of it, and returns what did not hold, with the names of the files."""

    def problem(pair: tuple[str, Callable[[], None]]) -> str | None:
        name, check = pair
        try:
            check()
        except Difference as difference:
            return f"{name}: {difference}"
        return None

    with ThreadPoolExecutor(AT_ONCE) as runners:
        return [found for found in runners.map(problem, pairs) if found is not None]
