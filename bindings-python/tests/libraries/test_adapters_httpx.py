"""The adapter for httpx, with real clients, plain and asynchronous, and servers."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from recorder import Answer, Received, Recorder, numbered, redirecting, refusing
from simulator import Simulator

from trusted_profile import TokenProvider
from trusted_profile.adapters.httpx import TrustedProfileAuth
from trusted_profile.errors import InvalidArgumentError, UnauthenticatedError

Send = Callable[..., httpx.Response]


def plain(method: str, url: str, auth: httpx.Auth, **options: Any) -> httpx.Response:
    with httpx.Client(auth=auth, follow_redirects=True) as client:
        return client.request(method, url, **options)


def asynchronous(method: str, url: str, auth: httpx.Auth, **options: Any) -> httpx.Response:
    async def main() -> httpx.Response:
        async with httpx.AsyncClient(auth=auth, follow_redirects=True) as client:
            return await client.request(method, url, **options)

    return asyncio.run(main())


both = pytest.mark.parametrize("send", [plain, asynchronous])


@both
def test_a_client_reads_an_object(simulator: Simulator, send: Send) -> None:
    tokens = TokenProvider.vpc_instance(endpoint=simulator.metadata_url)
    greeting = f"{simulator.object_store_url}/{simulator.seed['bucket']}/greeting.txt"
    auth = TrustedProfileAuth(tokens, [simulator.object_store_url])
    assert send("GET", greeting, auth).text == "hello\n"
    simulator.control("POST", "tokens/reject", {"token": tokens.token().value})
    answer = send("GET", greeting, auth)
    assert (answer.text, [refused.status_code for refused in answer.history]) == ("hello\n", [401])
    assert tokens.token().generation == 2


@both
@pytest.mark.parametrize("body", [{"content": b"bytes"}, {"json": {"a": 1}}, {"data": {"a": "b"}}], ids=["bytes", "json", "form"])
def test_a_body_is_sent_again(send: Send, body: dict[str, Any]) -> None:
    with Recorder(refusing("token-1")) as server:
        assert send("POST", server.url, TrustedProfileAuth(numbered(), [server.url]), **body).status_code == 200
        assert server.authorizations == ["Bearer token-1", "Bearer token-2"]
        assert len({received.body for received in server.received}) == 1 and server.received[1].body


def test_a_file_or_a_stream_is_sent_once() -> None:
    with Recorder(refusing("token-1", "token-2")) as server:
        auth = TrustedProfileAuth(numbered(), [server.url])
        for body in (io.BytesIO(b"file"), (part for part in [b"stream"])):
            assert plain("POST", server.url, auth, content=body).status_code == 401
        assert [received.body for received in server.received] == [b"file", b"stream"]
        assert server.authorizations == ["Bearer token-1", "Bearer token-2"], "the token that was refused is gone all the same"


@both
def test_a_second_401_is_handed_back(send: Send) -> None:
    with Recorder(lambda _: Answer(401, body=b"no")) as server:
        auth = TrustedProfileAuth(numbered(), [server.url])
        assert [send("GET", server.url, auth).text for _ in range(2)] == ["no", "no"]
        assert server.authorizations == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


@both
def test_a_token_that_was_renewed_meanwhile_stays(send: Send) -> None:
    tokens = numbered(policy={"invalidate_window": 0})

    def answer(received: Received) -> Answer:
        if received.authorization == "Bearer token-1":
            tokens.invalidate(tokens.token())
            assert tokens.token().value == "token-2"
        return refusing("token-1")(received)

    with Recorder(answer) as server:
        assert send("GET", server.url, TrustedProfileAuth(tokens, [server.url])).status_code == 200
        assert server.authorizations == ["Bearer token-1", "Bearer token-2"]


@both
def test_403_is_no_matter_of_the_token(send: Send) -> None:
    with Recorder(refusing("token-1", status=403)) as server:
        auth = TrustedProfileAuth(numbered(), [server.url])
        assert [send("GET", server.url, auth).status_code for _ in range(2)] == [403, 403]
        assert server.authorizations == ["Bearer token-1"] * 2


@both
def test_where_there_is_no_other_token_the_error_says_why(send: Send) -> None:
    with Recorder(lambda _: Answer(401)) as server, pytest.raises(UnauthenticatedError, match="no way to get another"):
        send("GET", server.url, TrustedProfileAuth(TokenProvider.bearer("token"), [server.url]))


@both
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_port_goes_without_the_token(send: Send, status: int) -> None:
    with Recorder(lambda _: Answer(401)) as other, Recorder(redirecting(f"{other.url}/there", status)) as server:
        # Both are allowed: the program did not ask for this one all the same.
        tokens = numbered()
        answer = send("POST", f"{server.url}/moved", TrustedProfileAuth(tokens, [server.url, other.url]), content=b"x")
        assert (answer.status_code, str(answer.url)) == (401, f"{other.url}/there")
        assert (server.authorizations, other.authorizations) == (["Bearer token-1"], [None])
        assert tokens.token().value == "token-1", "it was not this token that was refused"


@both
def test_after_a_redirect_within_the_origin_only_what_was_refused_is_sent_again(send: Send) -> None:
    def answer(received: Received) -> Answer:
        return redirecting("/there", 303)(received) if received.path == "/moved" else refusing("token-1")(received)

    with Recorder(answer) as server:
        assert send("POST", f"{server.url}/moved", TrustedProfileAuth(numbered(), [server.url]), content=b"x").status_code == 200
        assert [(received.method, received.path, received.authorization) for received in server.received] == [
            ("POST", "/moved", "Bearer token-1"),
            ("GET", "/there", "Bearer token-1"),
            ("GET", "/there", "Bearer token-2"),
        ]


@both
def test_an_origin_that_is_not_allowed_gets_nothing(send: Send) -> None:
    with Recorder() as server:
        with pytest.raises(InvalidArgumentError, match=f"url: {server.url} is not in allowed_origins") as caught:
            send("GET", f"{server.url}/path?key=secret", TrustedProfileAuth(numbered(), ["https://allowed.example"]))
        assert server.received == [] and "secret" not in str(caught.value)


@pytest.mark.parametrize("origins", [[], "https://a.example", ["http://a.example"], ["http://127.0.0.1"], ["http://localhost:80"]])
def test_origins_that_cannot_be_used(origins: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="^invalid_argument: allowed_origins: "):
        TrustedProfileAuth(numbered(), origins)


def test_waiting_for_a_token_does_not_block_the_loop() -> None:
    async def main() -> None:
        unblocked = asyncio.Event()

        async def callback() -> tuple[str, float]:
            # Runs on this very loop: if that were blocked, nobody would set the event.
            await unblocked.wait()
            return "token", 3600.0

        auth = TrustedProfileAuth(TokenProvider.external(callback), [server.url])
        async with httpx.AsyncClient(auth=auth) as client:
            answers = asyncio.gather(*(client.get(server.url) for _ in range(16)))
            await asyncio.sleep(0)
            unblocked.set()
            assert [answer.status_code for answer in await answers] == [200] * 16

    with Recorder() as server:
        asyncio.run(main())
        assert server.authorizations == ["Bearer token"] * 16


def test_tasks_that_are_refused_share_the_next_token() -> None:
    everybody = threading.Barrier(16)

    def answer(received: Received) -> Answer:
        if received.authorization == "Bearer token-1":
            everybody.wait(30)
        return refusing("token-1")(received)

    async def main() -> None:
        async with httpx.AsyncClient(auth=TrustedProfileAuth(numbered(), [server.url])) as client:
            answers = await asyncio.gather(*(client.get(server.url) for _ in range(16)))
            assert [answer.status_code for answer in answers] == [200] * 16

    with Recorder(answer) as server:
        asyncio.run(main())
        assert sorted(map(str, server.authorizations)) == ["Bearer token-1"] * 16 + ["Bearer token-2"] * 16
