"""Children of a process that was in the middle of something."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from children import PATIENCE, Child, fork
from held import Held
from simulator import Simulator
from waiting import until

from trusted_profile import AccessToken, TokenProvider

PROGRAMS = Path(__file__).parent / "programs"
# A child that waited for an exchange of its parent would hang for longer than PATIENCE.
_TIMES = {"connect": 5, "attempt": 120, "round": 600}
POLICY = {"link_local": _TIMES, "remote": _TIMES}


@pytest.fixture(params=["native", "python"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Asking(threading.Thread):
    """A thread of the parent that is in the middle of a fetch, until it may finish."""

    def __init__(self, tokens: TokenProvider, held: Held) -> None:
        super().__init__()
        self._tokens, self._held = tokens, held
        self.found: AccessToken | None = None
        held.hold("POST")
        self.start()
        until(lambda: held.is_holding)

    def run(self) -> None:
        self.found = self._tokens.token()

    def finish(self) -> AccessToken:
        self._held.let_go()
        self.join()
        assert self.found is not None
        return self.found


def instance(service: Simulator | Held, transport: str, **options: Any) -> TokenProvider:
    return TokenProvider.vpc_instance(endpoint=service.metadata_url, transport=transport, policy=POLICY, **options)


def a_token_of(tokens: TokenProvider) -> str:
    return f"generation {tokens.token().generation}"


@pytest.mark.parametrize("cache", ["refused", "empty"])
def test_eight_children_while_a_thread_is_fetching(simulator: Simulator, held: Held, transport: str, cache: str) -> None:
    tokens = instance(held, transport)
    fetched = 0
    if cache == "refused":
        tokens.invalidate(tokens.token())
        fetched = 1
    thread = Asking(tokens, held)
    children = [Child(lambda: a_token_of(tokens)) for _ in range(8)]
    outcomes = [child.outcome() for child in children]
    assert thread.found is None and held.is_holding, "it is still under way"
    assert outcomes == [f"generation {fetched + 1}"] * 8
    assert thread.finish().generation == fetched + 1
    assert simulator.exchanges() == fetched + 1 + 8, "each child made its own"


def test_a_child_has_the_token_of_its_parent(simulator: Simulator, transport: str) -> None:
    tokens = instance(simulator, transport)
    value = tokens.token().value
    assert Child(lambda: str(tokens.token().value == value)).outcome() == "True"
    assert simulator.exchanges() == 1


def test_a_child_that_forks_again(simulator: Simulator, held: Held, transport: str) -> None:
    tokens = instance(held, transport)
    thread = Asking(tokens, held)

    def work() -> str:
        of_child = a_token_of(tokens)
        tokens.invalidate()
        return f"{of_child}, {Child(lambda: a_token_of(tokens)).outcome()}, {a_token_of(tokens)}"

    assert Child(work).outcome() == "generation 1, generation 2, generation 2"
    assert thread.finish().generation == 1
    assert simulator.exchanges() == 4


def test_children_while_the_handler_of_events_runs(simulator: Simulator, transport: str) -> None:
    parent, told = os.getpid(), list[str]()
    is_running, may_end = threading.Event(), threading.Event()

    def handler(event: Any) -> None:
        told.append(event["event"])
        if os.getpid() == parent:
            is_running.set()
            may_end.wait(30)

    tokens = instance(simulator, transport, on_event=handler)
    assert tokens.token().generation == 1
    assert is_running.wait(30)

    def work() -> str:
        told.clear()
        tokens.invalidate()
        found = a_token_of(tokens)
        until(lambda: told[-2:] == ["invalidated", "fetched"])
        return f"{found}, and its handler heard of it"

    outcomes = [Child(work).outcome() for _ in range(3)]
    may_end.set()
    assert outcomes == ["generation 2, and its handler heard of it"] * 3
    tokens.invalidate()
    assert tokens.token().generation == 2
    until(lambda: told[-2:] == ["invalidated", "fetched"])


def test_a_child_from_within_the_handler_of_events(simulator: Simulator, transport: str) -> None:
    outcomes: list[str] = []

    def handler(_: Any) -> None:
        tokens.on_event = None
        outcomes.append(Child(lambda: a_token_of(tokens)).outcome())

    tokens = instance(simulator, transport, on_event=handler)
    assert tokens.token().generation == 1
    until(lambda: outcomes)
    assert outcomes == ["generation 1"]


def test_a_child_that_goes_on_from_within_the_handler(simulator: Simulator, transport: str) -> None:
    """As a program that becomes its own worker: the caller's frames are the child's now."""
    tokens = instance(simulator, transport)
    tokens.token()

    def work() -> str:
        forks: list[int] = []

        def handler(_: Any) -> None:
            if not forks:
                forks.append(fork())

        tokens.on_event = handler
        # Told of in this thread, by the poll that follows.
        tokens.invalidate()
        found = a_token_of(tokens)
        if forks[0] == 0:
            return found
        os.waitpid(forks[0], 0)
        return f", and {found}"

    assert Child(work).outcome() == "generation 2, and generation 2"


def test_a_fork_of_a_caller_that_waits(held: Held, transport: str) -> None:
    """A handler of signals forks its thread, which is a caller; in the child nobody else would wake it."""
    tokens = instance(held, transport)
    thread, forks = Asking(tokens, held), list[int]()
    reading, writing = os.pipe()

    def handler(*_: Any) -> None:
        forks.append(fork())
        if forks != [0]:
            held.let_go()

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        try:
            found = a_token_of(tokens)
        finally:
            if forks == [0]:
                os.write(writing, found.encode())
                os._exit(0)
        assert select.select([reading], [], [], PATIENCE)[0], "the child hangs"
        assert os.read(reading, 100) == b"generation 1" and thread.finish().value == tokens.token().value
    finally:
        signal.signal(signal.SIGALRM, before)
        for pid in forks:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.close(reading)
        os.close(writing)


def test_children_while_the_callback_runs() -> None:
    parent = os.getpid()
    is_running, may_end = threading.Event(), threading.Event()

    def callback() -> tuple[str, float]:
        if os.getpid() == parent:
            is_running.set()
            may_end.wait(30)
        return str(os.getpid() == parent), 3600

    tokens, found = TokenProvider.external(callback, policy=POLICY), list[str]()
    thread = threading.Thread(target=lambda: found.append(tokens.token().value))
    thread.start()
    assert is_running.wait(30)
    outcomes = [Child(lambda: tokens.token().value).outcome() for _ in range(3)]
    may_end.set()
    thread.join()
    assert (outcomes, found) == (["False"] * 3, ["True"])


def test_a_child_that_ends_leaves_its_parent_s_exchange_alone(simulator: Simulator, held: Held, transport: str) -> None:
    tokens = instance(held, transport)
    thread = Asking(tokens, held)

    def work() -> str:
        tokens.close()
        return "closed"

    assert Child(work).outcome() == "closed"
    assert thread.finish().generation == 1
    assert simulator.exchanges() == 1, "nothing had to be sent again"


@pytest.mark.parametrize("module", ["trusted_profile._driver", "trusted_profile._latch", "http.client", "ssl", "urllib.request"])
def test_a_child_of_a_process_that_is_just_importing(simulator: Simulator, module: str) -> None:
    transport = "native" if module.startswith("trusted_profile") else "python"
    program = [sys.executable, str(PROGRAMS / "fork_in_import.py"), simulator.metadata_url, transport, module]
    shown = subprocess.run(program, capture_output=True, text=True, timeout=300)
    assert (shown.returncode, shown.stdout) == (0, "generation 1\n"), shown


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_multiprocessing(simulator: Simulator, transport: str, method: str) -> None:
    program = [sys.executable, str(PROGRAMS / "multiprocess.py"), simulator.metadata_url, transport, method]
    shown = subprocess.run(program, capture_output=True, text=True, timeout=300)
    assert shown.returncode == 0, shown
    found = json.loads(shown.stdout)
    assert found["generations"] == [1, 1, 1] and len(set(found["processes"])) == 3
    # A fork has its parent's token; the others are programs of their own.
    assert found["shared"] == ([True] * 3 if method == "fork" else [False] * 3)
    if method == "spawn":
        assert found["refused"] == "TypeError: a TokenProvider cannot be pickled: make one in each process, or let the children be forks"
