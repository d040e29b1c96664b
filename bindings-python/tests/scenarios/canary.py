"""A corpus that cannot fail shows nothing: one scenario of each rule, with one expectation turned round."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from .script import Failure, Scenario, TokenOf


def one_per_rule(scenarios: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """The first scenario that shows each rule."""
    chosen: dict[str, Scenario] = {}
    rules: set[str] = set()
    for name, scenario in scenarios.items():
        if not rules.issuperset(scenario.rules):
            rules.update(scenario.rules)
            chosen[name] = scenario
    return chosen


@dataclass
class Flip:
    """A scenario that cannot hold, and the number of the step that is wrong."""

    scenario: Scenario
    step: int


def flipped(scenario: Scenario) -> Flip:
    """The same scenario, with its last expectation turned into another one."""
    wrong = deepcopy(scenario)
    for number, step in reversed(list(enumerate(wrong.steps, 1))):
        if step.call is not None:
            step.call.expect = "new_token" if isinstance(step.call.expect, Failure) else TokenOf("nobody's")
        elif step.journal is not None:
            step.journal[0].count += 1
        elif step.use is not None:
            step.use.status += 1
        elif step.events is not None:
            step.events[0] = "other"
        else:
            continue
        return Flip(wrong, number)
    raise AssertionError(f"{scenario.name} expects nothing")
