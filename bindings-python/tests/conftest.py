"""What the tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from simulator import Simulator


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A simulator with the seeded account, on loopback."""
    simulator = Simulator()
    yield simulator
    simulator.close()
