"""What a program sees while the services misbehave, through the provider and its own transports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import committed
import pytest
import vectors.corpus
from difference import Difference
from scenarios import canary, corpus, stage
from scenarios.script import Scenario
from scenarios.ways import TASKS, THREADS, THREADS_OF_PYTHON, Way
from strict_json import UnfitError, read


def test_every_scenario_holds(say: Callable[[str], None]) -> None:
    scenarios = corpus.scenarios()
    ways = (THREADS, TASKS, THREADS_OF_PYTHON)
    runs = [(name, partial(stage.run, scenario, way)) for name, scenario in scenarios.items() for way in ways]
    problems = corpus.problems(runs)
    assert not problems, f"{len(problems)} of {len(runs)} failed:\n" + "\n".join(problems)
    assert len(scenarios) == committed.count(corpus.ROOT / "scripts")
    say(f"scenarios: {len(scenarios)} run, 0 skipped; each in {len(ways)} ways: {', '.join(way.name for way in ways)}")
    say(f"scenarios: sha256 {vectors.corpus.digest(vectors.corpus.scenarios())}")


def test_a_wrong_expectation_is_noticed(say: Callable[[str], None]) -> None:
    wrong = [canary.flipped(scenario) for scenario in canary.one_per_rule(corpus.scenarios()).values()]
    runs = [(flip.scenario.name, partial(_is_noticed, flip, way)) for flip in wrong for way in (THREADS, TASKS)]
    problems = corpus.problems(runs)
    assert not problems, "\n".join(problems)
    say(f"scenarios canary: {len(wrong)} flipped, {len(wrong)} caught, as threads and as tasks")


def _is_noticed(flip: canary.Flip, way: Way) -> None:
    try:
        stage.run(flip.scenario, way)
    except Difference as difference:
        assert f"(step {flip.step}, {way.name})" in str(difference), "something else went wrong"
        return
    raise Difference("a wrong expectation passed")


def test_an_unknown_member_is_refused() -> None:
    with pytest.raises(UnfitError, match="surprise"):
        read(Scenario, {"name": "n", "origin": "o", "rules": [], "source": {}, "steps": [{"surprise": 1}]}, "")
