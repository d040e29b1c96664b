"""The provider as programs use it."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from held import Held
from simulator import Simulator
from waiting import until

from trusted_profile import AccessToken, ExternalToken, TokenProvider, TrustedProfileError
from trusted_profile.errors import (
    ClosedError,
    DeadlineExceededError,
    ExternalSourceFailedError,
    InvalidArgumentError,
    MetadataUnreachableError,
)
from trusted_profile.sansio import Exchange, Response, TransportError

QUICK = {"max_attempts": 2, "backoff_base": 0.005, "backoff_max": 0.02, "cooldown": 0}


def instance(service: Simulator | Held, **options: Any) -> TokenProvider:
    return TokenProvider.vpc_instance(endpoint=service.metadata_url, **options)


def test_a_token_of_an_instance(simulator: Simulator) -> None:
    tokens = instance(simulator)
    token = tokens.token()
    assert token.authorization == f"Bearer {token.value}"
    assert tokens.unverified_claims() == token.unverified_claims()
    assert (tokens.unverified_claims() or {})["iam_id"] == simulator.seed["instance_profile"]["iam_id"]
    assert tokens.token() is token, "handed out without a fetch"
    assert (token.slot, token.generation, simulator.exchanges()) == ("iam", 1, 1)


def test_a_token_of_a_pod(simulator: Simulator, tmp_path: Path) -> None:
    file = simulator.token_file(str(tmp_path))
    tokens = TokenProvider.container(profile_id=simulator.seed["pod_profile"]["id"], cr_token_file=file, endpoint=simulator.iam_url)
    assert (tokens.unverified_claims() or {})["iam_id"] == simulator.seed["pod_profile"]["iam_id"]


def test_an_identity_token(simulator: Simulator) -> None:
    tokens = instance(simulator)
    assert tokens.identity_token().slot == "identity"
    assert asyncio.run(tokens.identity_token_async()).value == tokens.identity_token().value


def test_a_token_is_no_text(simulator: Simulator) -> None:
    token = instance(simulator).token()
    assert token.value not in f"{token!r}{token!s}" and token.value not in repr([token])
    for use in (lambda: f"{token}", lambda: "Bearer " + token, lambda: pickle.dumps(token)):  # type: ignore[operator]
        with pytest.raises(TypeError):
            use()
    assert "secret" not in repr(ExternalToken("secret", 60))
    with pytest.raises(TypeError, match="access_token: expected text") as caught:
        ExternalToken("secret\ud800", 60)
    assert "secret" not in repr(caught.value)


def test_threads_share_one_exchange(simulator: Simulator) -> None:
    simulator.fault("metadata", {"kind": "latency", "ms": 100})
    tokens, found = instance(simulator), list[AccessToken]()
    threads = [threading.Thread(target=lambda: found.append(tokens.token())) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 64 and len({token.value for token in found}) == 1 and simulator.exchanges() == 1


def test_who_waits_for_another_step_is_told_of_it(simulator: Simulator) -> None:
    """A unit of work that goes on with the next request must not leave those asleep who waited for this one alone."""
    simulator.fault("metadata", {"kind": "latency", "ms": 200}, path="/identity/v1/token")
    simulator.fault("metadata", {"kind": "hang"}, path="/identity/v1/iam_tokens")
    tokens = instance(simulator, policy={"link_local": {"connect": 1, "attempt": 60, "round": 60}})
    ended = list[type[TrustedProfileError]]()

    def ask() -> None:
        try:
            tokens.token()
        except TrustedProfileError as error:
            ended.append(type(error))

    thread = threading.Thread(target=ask)
    thread.start()
    until(lambda: simulator.count("metadata", "/identity/v1/token", "PUT") > 0)
    assert tokens.identity_token(timeout=20).slot == "identity"
    until(lambda: simulator.exchanges() > 0)
    tokens.close()
    thread.join()
    assert ended == [ClosedError]


def test_200_awaits_are_one_exchange(simulator: Simulator) -> None:
    simulator.fault("metadata", {"kind": "latency", "ms": 50})
    tokens = instance(simulator)

    async def main() -> None:
        found = await asyncio.gather(*(tokens.token_async() for _ in range(200)))
        assert len({token.value for token in found}) == 1

    asyncio.run(main())
    assert simulator.exchanges() == 1


def test_a_task_that_is_cancelled_harms_nobody(simulator: Simulator, held: Held) -> None:
    held.hold("POST")
    tokens = instance(held, policy={"link_local": {"connect": 5, "attempt": 60, "round": 600}})

    async def main() -> None:
        tasks = [asyncio.create_task(tokens.token_async()) for _ in range(5)]
        await asyncio.to_thread(until, lambda: held.is_holding)
        for task in tasks[:3]:
            task.cancel()
        held.let_go()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * 3 + [AccessToken] * 2

    asyncio.run(main())
    assert simulator.exchanges() == 1


def test_two_loops_share_one_exchange(simulator: Simulator) -> None:
    simulator.fault("metadata", {"kind": "latency", "ms": 100})
    tokens, found = instance(simulator), list[str]()
    loops = [threading.Thread(target=lambda: found.append(asyncio.run(tokens.token_async()).value)) for _ in range(2)]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join()
    assert len(found) == 2 and len(set(found)) == 1 and simulator.exchanges() == 1


def test_a_caller_s_own_timeout(simulator: Simulator) -> None:
    simulator.fault("metadata", {"kind": "latency", "ms": 300})
    tokens = instance(simulator)
    with pytest.raises(DeadlineExceededError, match="within the 0.01 s") as caught:
        tokens.token(timeout=0.01)
    assert isinstance(caught.value, TimeoutError) and caught.value.kind == "unreachable"
    assert tokens.token().generation == 1, "the fetch went on"
    assert simulator.exchanges() == 1


def test_a_fetch_goes_on_without_its_caller(simulator: Simulator) -> None:
    """Both of its requests: the next caller finds a token."""
    simulator.fault("metadata", {"kind": "latency", "ms": 200}, path="/identity/v1/token")
    tokens, told = instance(simulator), list[str]()
    tokens.on_event = lambda event: told.append(f"{event['event']} {event['slot']}")
    with pytest.raises(DeadlineExceededError, match="no token within the 0.02 s"):
        tokens.token(timeout=0.02)
    until(lambda: told == ["fetched identity", "fetched iam"])
    assert tokens.token().generation == 1


@pytest.mark.parametrize("timeout", [-1, "1", float("nan")])
def test_a_timeout_that_is_none(timeout: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="^invalid_argument: timeout: expected seconds"):
        TokenProvider.external(lambda: ("token", 60)).token(timeout)


def test_invalidate(simulator: Simulator) -> None:
    tokens = instance(simulator)
    first = tokens.token()
    tokens.invalidate(first)
    second = tokens.token()
    tokens.invalidate(first)
    assert second.generation == 2 and tokens.token().value == second.value, "a newer token stays"
    tokens.invalidate()
    assert tokens.token().generation == 3


def test_a_failure_says_why_and_heals(simulator: Simulator) -> None:
    simulator.fault("metadata", {"kind": "reset"})
    tokens = instance(simulator, policy=QUICK)
    with pytest.raises(MetadataUnreachableError) as caught:
        tokens.token()
    error = caught.value
    assert (error.code, error.kind, error.transient, error.attempts) == ("metadata_unreachable", "unreachable", True, 2)
    assert 0 < error.elapsed < 5 and error.causes[0]["fix"] and error.causes[0]["fix"] in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.attempts) == (type(error), str(error), 2)
    simulator.heal()
    assert tokens.token().generation == 1


def test_callbacks() -> None:
    async def awaited() -> ExternalToken:
        await asyncio.sleep(0)
        return ExternalToken("token", 60)

    for callback in (awaited, lambda: ("token", 60.0), lambda: ExternalToken("Bearer token", 60)):
        tokens = TokenProvider.external(callback)
        assert tokens.token().value == "token"
        assert asyncio.run(TokenProvider.external(callback).token_async()).value == "token"


def test_a_callback_runs_on_the_loop_of_the_task_that_asks() -> None:
    loops = []

    async def callback() -> tuple[str, float]:
        loops.append(asyncio.get_running_loop())
        return "token", 60

    async def main() -> None:
        await TokenProvider.external(callback).token_async()
        assert loops == [asyncio.get_running_loop()]

    asyncio.run(main())


@pytest.mark.parametrize("result", [None, "token", ("token",), ("token", -1), (1, 2)])
def test_a_callback_that_brings_no_token(result: Any) -> None:
    tokens = TokenProvider.external(lambda: result, policy=QUICK)
    with pytest.raises(ExternalSourceFailedError, match="the token callback failed"):
        tokens.token()


def test_what_a_callback_raises_is_told() -> None:
    def callback() -> tuple[str, float]:
        raise LookupError("the vault is sealed")

    with pytest.raises(ExternalSourceFailedError, match=r"LookupError: the vault is sealed \(.*test_provider.py, line \d+\)"):
        TokenProvider.external(callback, policy=QUICK).token()


def test_events_and_their_handler(simulator: Simulator) -> None:
    events: list[Any] = []
    tokens = instance(simulator, on_event=events.append)
    tokens.token()
    # They are told beside the caller.
    until(lambda: len(events) == 2)
    assert [(event["event"], event["slot"]) for event in events] == [("fetched", "identity"), ("fetched", "iam")]
    assert events[1]["life"] == 3600.0
    tokens.on_event = lambda event: 1 / 0
    tokens.invalidate()
    assert tokens.token().generation == 2, "a handler that raises takes nobody down"


def test_a_handler_may_ask_for_a_token(simulator: Simulator) -> None:
    """It is told before anybody waits for it: a lease here ends after more than a minute."""
    tokens, found = instance(simulator, policy={"link_local": {"connect": 1, "attempt": 60, "round": 600}}), list[AccessToken]()
    tokens.token()
    tokens.on_event = lambda event: found.append(tokens.token(timeout=20))
    tokens.invalidate()
    assert tokens.token(timeout=20).generation == 2
    until(lambda: len(found) == 2)
    assert {token.generation for token in found} == {2} and simulator.exchanges() == 2


def test_closing_in_a_task_leaves_its_loop_alone(simulator: Simulator) -> None:
    is_sent, may_end, turns = threading.Event(), threading.Event(), 0

    def transport(exchange: Exchange) -> Response:
        is_sent.set()
        assert may_end.wait(30)
        raise TransportError("interrupted")

    async def main() -> None:
        async with instance(simulator, transport=transport) as tokens:
            asking = asyncio.create_task(tokens.token_async())
            await asyncio.to_thread(is_sent.wait)
            turning = asyncio.create_task(turn())
        assert turns == 20
        with pytest.raises(ClosedError):
            await asking
        await turning

    async def turn() -> None:
        nonlocal turns
        for _ in range(20):
            await asyncio.sleep(0.001)
            turns += 1
        may_end.set()

    asyncio.run(main())


def test_what_a_provider_says_of_itself(simulator: Simulator) -> None:
    tokens = instance(simulator)
    secret = tokens.token().value
    described = tokens.describe()
    assert described["reason"] == "the program named it" and described["transport"] == "native"
    assert described["source"].startswith("vpc_instance: default trusted profile")
    assert described["slots"][1]["generation"] == 1
    assert secret not in f"{described}{tokens}{tokens!r}"


def test_a_closed_provider(simulator: Simulator) -> None:
    with instance(simulator) as tokens:
        token = tokens.token()
    assert tokens.token() is token, "what is cached can still be had"
    tokens.invalidate()
    with pytest.raises(ClosedError) as caught:
        tokens.token()
    assert (caught.value.kind, caught.value.message) == ("local", "the provider was closed")


def test_close_ends_what_is_under_way(simulator: Simulator) -> None:
    simulator.fault("metadata", {"kind": "hang"})
    tokens, outcome = instance(simulator), list[BaseException]()

    def ask() -> None:
        try:
            tokens.token()
        except TrustedProfileError as error:
            outcome.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    while simulator.count("metadata", "/identity/v1/token", "PUT") == 0:
        pass
    tokens.close()
    thread.join(30)
    assert not thread.is_alive() and isinstance(outcome[0], ClosedError)


def test_a_provider_cannot_be_pickled() -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(TokenProvider.vpc_instance())


def test_importing_brings_little_along() -> None:
    program = "import sys, trusted_profile; print([m for m in ('logging', 'asyncio', 'threading', 'ssl', 'json') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {program}"], capture_output=True, text=True)
    assert shown.stdout == "[]\n", shown
