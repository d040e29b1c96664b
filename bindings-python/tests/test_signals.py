"""Callers that are interrupted: by Ctrl-C, by alarms, by cancellation."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from held import Held
from simulator import Simulator
from waiting import until

from trusted_profile import AccessToken, TokenProvider
from trusted_profile.errors import ClosedError
from trusted_profile.sansio import Exchange, Response

PROGRAMS = Path(__file__).parent / "programs"
# An exchange that nobody performs would be missed for more than a minute.
LONG_LEASE = {"link_local": {"connect": 5, "attempt": 60, "round": 600}}
HANG = {"kind": "hang"}


class Alarm(Exception):
    """What the handler of alarms raises."""


@pytest.fixture(params=["native", "python"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def alarm() -> Iterator[Callable[[float], None]]:
    """Has :class:`Alarm` raised in this thread, once, after that many seconds; 0 calls it off."""

    def handler(_: int, __: Any) -> None:
        raise Alarm

    def ring_in(seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)

    before = signal.signal(signal.SIGALRM, handler)
    yield ring_in
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def instance(service: Simulator | Held, **options: Any) -> TokenProvider:
    return TokenProvider.vpc_instance(endpoint=service.metadata_url, **options)


def is_asked(simulator: Simulator) -> bool:
    return simulator.count("metadata", "/identity/v1/token", "PUT") > 0


@pytest.mark.parametrize("how", ["thread", "task"])
def test_an_interrupt_from_the_keyboard(simulator: Simulator, transport: str, how: str) -> None:
    simulator.fault("metadata", HANG)
    command = [sys.executable, str(PROGRAMS / "wait_for_token.py"), simulator.metadata_url, transport, how]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
        try:
            until(lambda: is_asked(simulator))
            program.send_signal(signal.SIGINT)
            # The round would take ten minutes.
            _, errors = program.communicate(timeout=60)
        finally:
            program.kill()
    assert program.returncode == -signal.SIGINT
    assert errors.rstrip().endswith("KeyboardInterrupt"), errors


def test_an_alarm_ends_a_call_and_harms_nobody(
    simulator: Simulator, held: Held, transport: str, alarm: Callable[[float], None]
) -> None:
    held.hold("PUT")
    tokens, found = instance(held, transport=transport, policy=LONG_LEASE), list[AccessToken]()
    other = threading.Thread(target=lambda: found.append(tokens.token()))
    other.start()
    until(lambda: held.is_holding)
    with pytest.raises(Alarm):
        alarm(0.05)
        tokens.token()
    held.let_go()
    assert tokens.token().generation == 1
    other.join()
    assert found[0].value == tokens.token().value and simulator.exchanges() == 1


def test_alarms_at_any_moment(simulator: Simulator, transport: str, alarm: Callable[[float], None]) -> None:
    moments, interrupted = random.Random(4), 0
    for _ in range(150):
        told = list[str]()
        tokens = instance(simulator, transport=transport, policy=LONG_LEASE, on_event=lambda event: told.append(event["slot"]))
        try:
            try:
                alarm(moments.uniform(0.00001, 0.004))
                tokens.token()
            finally:
                alarm(0)
        except Alarm:
            interrupted += 1
        assert tokens.token(timeout=20).generation == 1
        until(lambda: told[-1:] == ["iam"])
    assert interrupted > 20, "enough of them hit"


def test_alarms_while_others_wait(simulator: Simulator, transport: str, alarm: Callable[[float], None]) -> None:
    moments = random.Random(5)
    for _ in range(100):
        tokens, found = instance(simulator, transport=transport, policy=LONG_LEASE), list[AccessToken]()
        others = [threading.Thread(target=lambda: found.append(tokens.token(timeout=20))) for _ in range(2)]
        try:
            try:
                alarm(moments.uniform(0.00001, 0.004))
                tokens.token()
            finally:
                alarm(0)
        except Alarm:
            pass
        for other in others:
            other.start()
        for other in others:
            other.join()
        assert len(found) == 2


@pytest.mark.parametrize("call", ["close", "invalidate"])
def test_a_signal_handler_may_use_the_provider(simulator: Simulator, transport: str, call: str) -> None:
    command = [sys.executable, str(PROGRAMS / "call_in_handler.py"), simulator.metadata_url, transport, call]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert (shown.returncode, shown.stderr) == (0, ""), shown


def test_a_task_that_is_cancelled_at_any_turn(simulator: Simulator) -> None:
    async def main() -> None:
        for turns in range(60):
            tokens = instance(simulator, policy=LONG_LEASE)
            task = asyncio.create_task(tokens.token_async())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled() or task.result().generation == 1
            assert (await asyncio.wait_for(tokens.token_async(), 20)).generation == 1

    asyncio.run(main())


@pytest.mark.parametrize("hop", ["PUT", "POST"])
def test_tasks_whose_time_is_up(simulator: Simulator, held: Held, hop: str) -> None:
    held.hold(hop)
    tokens = instance(held, policy=LONG_LEASE)

    async def main() -> None:
        for number in range(50):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(tokens.token_async(), number / 10000)
        held.let_go()
        assert (await asyncio.wait_for(tokens.token_async(), 20)).generation == 1

    asyncio.run(main())
    assert simulator.exchanges() == 1


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_loop_that_ends_during_an_exchange(simulator: Simulator, is_closed: bool) -> None:
    simulator.fault("metadata", {"kind": "latency", "ms": 300})
    tokens = instance(simulator, policy=LONG_LEASE)

    async def begin() -> asyncio.Task[AccessToken]:
        task = asyncio.create_task(tokens.token_async())
        while not await asyncio.to_thread(is_asked, simulator):
            pass
        return task

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)
    task = loop.run_until_complete(begin())
    loop.run_until_complete(loop.shutdown_default_executor())
    if is_closed:
        loop.close()
    assert asyncio.run(tokens.token_async()).generation == 1
    assert simulator.exchanges() == 1, "it went on without its loop"
    if not is_closed:
        assert loop.run_until_complete(task).generation == 1
        loop.close()


def test_a_loop_that_ends_while_its_callback_runs() -> None:
    """The callback that runs on the loop goes down with it. The next one has a loop of its own."""
    policy = {"remote": LONG_LEASE["link_local"], "max_attempts": 100, "backoff_base": 0.01, "backoff_max": 0.05}
    calls = list[asyncio.AbstractEventLoop]()

    async def callback() -> tuple[str, float]:
        calls.append(asyncio.get_running_loop())
        if len(calls) == 1:
            await asyncio.sleep(600)
        return "token", 60

    tokens = TokenProvider.external(callback, policy=policy)

    async def give_up() -> None:
        task = asyncio.create_task(tokens.token_async())
        while not calls:
            await asyncio.sleep(0.001)
        task.cancel()

    asyncio.run(give_up())
    assert tokens.token(timeout=20).value == "token"
    assert len(calls) == 2 and calls[0] is not calls[1]


def test_a_transport_that_ends_its_thread(simulator: Simulator) -> None:
    """What ends a thread from outside is no failure of the service: another one does the work."""
    calls = 0

    def transport(exchange: Exchange) -> Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise SystemExit
        raise AssertionError

    tokens = instance(simulator, transport=transport, policy={**LONG_LEASE, "max_attempts": 1})
    with pytest.raises(Exception, match="the transport raised AssertionError"):
        tokens.token(timeout=20)
    assert calls == 2


def test_closing_ends_who_waits_in_a_task(simulator: Simulator) -> None:
    simulator.fault("metadata", HANG)
    tokens = instance(simulator, policy=LONG_LEASE)

    async def main() -> None:
        task = asyncio.create_task(tokens.token_async())
        while not await asyncio.to_thread(is_asked, simulator):
            pass
        tokens.close()
        with pytest.raises(ClosedError):
            await asyncio.wait_for(task, 20)

    asyncio.run(main())
