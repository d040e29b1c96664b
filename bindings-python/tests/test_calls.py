"""Answers of operations, and what happens around a call: forks, ends, cancellation, transports of one's own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from simulator import Simulator
from trusted_profile import AsyncContainers, AsyncVpc, Metadata, TokenProvider, Vpc
from trusted_profile.errors import ClosedError, InvalidArgumentError, MalformedResponseError, ServiceUnreachableError
from trusted_profile.sansio import Exchange, Response


def answering(*bodies: bytes) -> Callable[[Exchange], Response]:
    """A transport of one's own that brings a token, and then these."""
    rest = iter(bodies)

    def send(exchange: Exchange) -> Response:
        if exchange.url.endswith("/identity/token"):
            body = b'{"access_token": "a.b.c", "expires_in": 3600, "expiration": 9999999999}'
        else:
            body = next(rest)
        return Response(200, [("content-type", "application/json")], body)

    return send


def answered(*bodies: bytes) -> Vpc:
    return Vpc(TokenProvider.api_key("a-key-0123456789", transport=answering(*bodies)), region="us-south")


ODD = [0, -1, 2**63, 2**64 - 1, 10**30, 0.1, -2.5e-300, 1e308, None, True, "", "\u00fc\U0001f600\0", {}, [], [[{"a": [1]}]], {"\u00fc": {"": 1}}]


def test_answers_are_what_json_loads_makes_of_them() -> None:
    small = json.dumps({"vpcs": ODD, "unknown": {"of": ODD}}).encode()[:-1] + b', "name": "twice", "name": "the last"}'
    large = json.dumps({"first": {"href": "h"}, "vpcs": ODD * 3000, "limit": 7, "twins": [1, 2], "\u00fc": None}).encode()
    assert len(large) > 256 * 1024
    vpc = answered(small, large)
    for text in (small, large):
        found = vpc.list_vpcs()
        assert found == json.loads(text) and repr(found) == repr(json.loads(text))


def test_an_answer_that_cannot_be_read_is_an_error() -> None:
    deep = b'{"vpcs": ' + b"[" * 2000 + b"]" * 2000 + b"}"
    filler = b'"' + b"x" * 300_000 + b'"'
    for body in (b"{", b'{"vpcs": [}', b"\xff", deep, b'{"vpcs": [%s, tru]}' % filler, b'{"a": %s} x' % filler):
        with pytest.raises(MalformedResponseError) as caught:
            answered(body, body, body, body).list_vpcs()
        assert caught.value.status == 200 and "xxx" not in str(caught.value)


def test_a_large_page_lets_the_loop_turn() -> None:
    item = {"id": "x" * 40, "name": "n", "zones": [{"name": str(number)} for number in range(100)]}
    large = json.dumps({"vpcs": [item] * 2000}).encode()

    async def main() -> int:
        vpc = AsyncVpc(TokenProvider.api_key("a-key-0123456789", transport=answering(large)), region="us-south")
        call, turns = asyncio.create_task(vpc.list_vpcs()), 0
        while not call.done():
            await asyncio.sleep(0)
            turns += 1
        assert len(call.result()["vpcs"]) == 2000
        return turns

    # A loop that stood still while it was made would turn a handful of times.
    assert asyncio.run(main()) > 100


def test_a_large_list_lets_the_loop_turn() -> None:
    item = {"id": "x" * 40, "zones": [{"name": str(number)} for number in range(100)]}
    large = json.dumps([item] * 2000).encode()

    async def main() -> int:
        clusters = AsyncContainers(TokenProvider.api_key("a-key-0123456789", transport=answering(large)))
        call, turns = asyncio.create_task(clusters.list_clusters()), 0
        while not call.done():
            await asyncio.sleep(0)
            turns += 1
        assert len(call.result()) == 2000
        return turns

    assert asyncio.run(main()) > 100


def test_a_child_that_is_forked_during_a_call_has_its_answer() -> None:
    item = {"id": "x" * 40, "zones": [{"name": str(number)} for number in range(100)]}
    large, children = json.dumps({"vpcs": [item] * 2000}).encode(), set()
    parent = os.getpid()

    def fork(_: int, __: object) -> None:
        child = os.fork()
        if child:
            children.add(child)

    def slow(exchange: Exchange) -> Response:
        if not exchange.url.endswith("/identity/token"):
            time.sleep(0.05)
        return answer(exchange)

    answer = answering(*[large] * 20)
    vpc = Vpc(TokenProvider.api_key("a-key-0123456789", transport=slow), region="us-south")
    vpc.call("list_vpcs")
    before = signal.signal(signal.SIGALRM, fork)
    try:
        for number in range(6):
            # At different moments: while it is sent, and while objects are made of what came.
            signal.setitimer(signal.ITIMER_REAL, 0.02 + number * 0.02)
            try:
                found = len(vpc.list_vpcs()["vpcs"])
            except Exception as error:
                if os.getpid() == parent:
                    raise
                # A child whose parent was just reading it is told so. Whatever else it is, it goes no further than here.
                found = 2000 if "stayed with the parent" in str(error) else 0
                if found == 0:
                    traceback.print_exc()
            # The call may have been over already.
            while len(children) == number and os.getpid() == parent:
                time.sleep(0.01)
            if os.getpid() != parent:
                os._exit(0 if found == 2000 else 1)
            assert found == 2000
    finally:
        signal.signal(signal.SIGALRM, before)
    deadline = time.monotonic() + 60
    left = set(children)
    while left and time.monotonic() < deadline:
        for child in list(left):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                assert os.waitstatus_to_exitcode(status) == 0
                left.discard(child)
        time.sleep(0.01)
    for child in left:
        os.kill(child, signal.SIGKILL)
    assert not left, "a child hangs"


def test_a_cancelled_task_is_cancelled(simulator: Simulator) -> None:
    async def main() -> None:
        async with TokenProvider.api_key(simulator.seed["api_key"]["value"], endpoint=simulator.iam_url) as tokens:
            vpc = AsyncVpc(tokens, endpoint=simulator.overview["vpc_url"])
            await vpc.list_vpcs()
            for turns in range(1, 6):
                call = asyncio.create_task(vpc.list_vpcs())
                for _ in range(turns):
                    await asyncio.sleep(0)
                if not call.done():
                    call.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await call
            assert (await vpc.list_vpcs())["vpcs"]

    asyncio.run(main())


def test_a_subclass_may_override() -> None:
    class Counting(Vpc):
        calls = 0

        def list_vpcs(self, **arguments: Any) -> Any:
            self.calls += 1
            return super().list_vpcs(**arguments)

    vpc = Counting(TokenProvider.api_key("a-key-0123456789", transport=answering(*[b'{"vpcs": []}'] * 3)), region="us-south")
    assert [vpc.list_vpcs() for _ in range(3)] == [{"vpcs": []}] * 3
    assert vpc.calls == 3


def test_a_transport_of_ones_own_that_is_stuck_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from trusted_profile import _calls

    # Not to wait for as long as the call itself would.
    monkeypatch.setattr(_calls, "LEASE", -29.5)
    release = threading.Event()
    answer = answering(b'{"vpcs": []}')

    def stuck(exchange: Exchange) -> Response:
        if not exchange.url.endswith("/identity/token"):
            release.wait(60)
        return answer(exchange)

    vpc = Vpc(TokenProvider.api_key("a-key-0123456789", transport=stuck), region="us-south")
    with pytest.raises(ServiceUnreachableError, match="it was not asked again"):
        vpc.call("create_vpc", body={})
    release.set()


def test_a_closed_provider_has_nothing_but_that_to_say(simulator: Simulator) -> None:
    for transport in ("native", "python"):
        for _ in range(5):
            tokens = TokenProvider.api_key(simulator.seed["api_key"]["value"], endpoint=simulator.iam_url, transport=transport)
            vpc = Vpc(tokens, endpoint=simulator.overview["vpc_url"])
            ended: list[object] = []
            tokens.token()
            simulator.fault("vpc", {"kind": "hang"})

            def ask(vpc: Vpc = vpc, ended: list[object] = ended) -> None:
                with pytest.raises(ClosedError):
                    vpc.create_vpc(body={"name": "x"})
                ended.append(True)

            caller = threading.Thread(target=ask)
            before = simulator.count("vpc", "/v1/vpcs")
            caller.start()
            while simulator.count("vpc", "/v1/vpcs") == before:
                time.sleep(0.005)
            tokens.close()
            caller.join(30)
            simulator.heal()
            assert ended == [True]


def test_metadata_is_where_the_provider_asks() -> None:
    tokens = TokenProvider.vpc_instance(endpoint="http://127.0.0.1:9")
    for settings in ({"endpoint": "https://a.example"}, {"version": "2026-01-01"}):
        with pytest.raises(InvalidArgumentError, match="expected none of them for metadata"):
            Metadata(tokens, **settings)  # type: ignore[arg-type]


class Odd(Mapping[str, object]):
    """A mapping that raises."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __getitem__(self, name: str) -> object:
        raise self._error

    def __iter__(self) -> Iterator[str]:
        raise self._error

    def __len__(self) -> int:
        return 1


def test_what_a_mapping_raises() -> None:
    vpc = answered()
    with pytest.raises(KeyboardInterrupt):
        vpc.request("create_vpc", body=Odd(KeyboardInterrupt()))
    with pytest.raises(InvalidArgumentError, match="body: expected a mapping that can be read") as caught:
        vpc.request("create_vpc", body=Odd(ValueError("a secret")))
    assert "a secret" not in str(caught.value)


def test_headers_that_came_twice_are_both_there() -> None:
    def send(exchange: Exchange) -> Response:
        if exchange.url.endswith("/identity/token"):
            return answering()(exchange)
        return Response(200, [("content-type", "application/json"), ("link", "<a>"), ("link", "<b>")], b"{}")

    vpc = Vpc(TokenProvider.api_key("a-key-0123456789", transport=send), region="us-south")
    assert vpc.call("list_vpcs").headers["link"] == "<a>, <b>"
