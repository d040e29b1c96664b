"""What the tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from simulator import Simulator


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A simulator with the seeded account, on loopback."""
    simulator = Simulator()
    yield simulator
    simulator.close()


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a line that is seen however pytest was told to deal with output."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}")

    return say
