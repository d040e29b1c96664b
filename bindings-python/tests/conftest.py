"""What the tests share."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest
from held import Held
from simulator import Simulator

# What was told to ignore them (`nohup` does that) has its children ignore them, too.
for _number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGALRM):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number is signal.SIGINT else signal.SIG_DFL)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A simulator with the seeded account, on loopback."""
    simulator = Simulator()
    yield simulator
    simulator.close()


@pytest.fixture
def held(simulator: Simulator) -> Iterator[Held]:
    """A way to the metadata service of ``simulator`` that can hold an answer back."""
    held = Held(simulator.metadata_url)
    yield held
    held.close()


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a line that is seen however pytest was told to deal with output."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}")

    return say
