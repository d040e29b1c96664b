"""The adapter for requests, with real sessions and servers."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from recorder import Answer, Received, Recorder, numbered, redirecting, refusing
from requests.adapters import BaseAdapter
from simulator import Simulator

from trusted_profile import TokenProvider
from trusted_profile.adapters.requests import TrustedProfileAuth
from trusted_profile.errors import InvalidArgumentError, UnauthenticatedError


def test_a_session_reads_an_object(simulator: Simulator) -> None:
    tokens = TokenProvider.vpc_instance(endpoint=simulator.metadata_url)
    greeting = f"{simulator.object_store_url}/{simulator.seed['bucket']}/greeting.txt"
    with requests.Session() as session:
        session.auth = TrustedProfileAuth(tokens, [simulator.object_store_url])
        assert session.get(greeting).text == "hello\n"
        simulator.control("POST", "tokens/reject", {"token": tokens.token().value})
        answer = session.get(greeting)
    assert (answer.text, [refused.status_code for refused in answer.history]) == ("hello\n", [401])
    assert tokens.token().generation == 2
    assert answer.request.headers["Authorization"] == tokens.token().authorization
    assert answer.history[0].request.headers["Authorization"] != tokens.token().authorization, "it shows what was refused"


def test_a_single_call() -> None:
    with Recorder() as server:
        auth = TrustedProfileAuth(numbered(), [server.url])
        assert requests.get(server.url, auth=auth).ok and requests.get(server.url).ok
        assert server.authorizations == ["Bearer token-1", None]


@pytest.mark.parametrize("body", [b"bytes", "text", io.BytesIO(b"file")], ids=["bytes", "text", "file"])
def test_a_body_is_sent_again(body: Any) -> None:
    with Recorder(refusing("token-1")) as server:
        assert requests.post(server.url, data=body, auth=TrustedProfileAuth(numbered(), [server.url])).status_code == 200
        assert server.authorizations == ["Bearer token-1", "Bearer token-2"]
        assert len({received.body for received in server.received}) == 1 and server.received[1].body


def test_a_file_is_sent_again_from_where_it_began() -> None:
    file = io.BytesIO(b"not this, but this")
    file.seek(10)
    with Recorder(refusing("token-1")) as server:
        requests.post(server.url, data=file, auth=TrustedProfileAuth(numbered(), [server.url]))
        assert [received.body for received in server.received] == [b"but this"] * 2


def test_a_generator_is_sent_once() -> None:
    def body() -> Iterator[bytes]:
        yield b"only once"

    with Recorder(refusing("token-1")) as server:
        auth = TrustedProfileAuth(numbered(), [server.url])
        assert requests.post(server.url, data=body(), auth=auth).status_code == 401
        assert requests.post(server.url, data=body(), auth=auth).status_code == 200
        assert server.authorizations == ["Bearer token-1", "Bearer token-2"], "the token that was refused is gone all the same"


def test_a_file_that_was_closed_is_sent_once() -> None:
    file = io.BytesIO(b"only once")

    def answer(received: Received) -> Answer:
        file.close()
        return Answer(401)

    with Recorder(answer) as server:
        assert requests.post(server.url, data=file, auth=TrustedProfileAuth(numbered(), [server.url])).status_code == 401
        assert len(server.received) == 1


def test_a_second_401_is_handed_back() -> None:
    with Recorder(lambda _: Answer(401, body=b"no")) as server:
        auth = TrustedProfileAuth(numbered(), [server.url])
        assert requests.get(server.url, auth=auth).status_code == 401
        assert server.authorizations == ["Bearer token-1", "Bearer token-2"]
        answer = requests.get(server.url, auth=auth, stream=True)
        assert (answer.status_code, answer.raw.read()) == (401, b"no"), "as it came"
        assert server.authorizations[2:] == ["Bearer token-2"], "there is no newer token so soon"


def test_403_is_no_matter_of_the_token() -> None:
    with Recorder(refusing("token-1", status=403)) as server:
        auth = TrustedProfileAuth(numbered(), [server.url])
        assert [requests.get(server.url, auth=auth).status_code for _ in range(2)] == [403, 403]
        assert server.authorizations == ["Bearer token-1"] * 2


def test_where_there_is_no_other_token_the_error_says_why() -> None:
    with Recorder(lambda _: Answer(401)) as server, pytest.raises(UnauthenticatedError, match="no way to get another"):
        requests.get(server.url, auth=TrustedProfileAuth(TokenProvider.bearer("token"), [server.url]))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_port_goes_without_the_token(status: int) -> None:
    with Recorder(lambda _: Answer(401)) as other, Recorder(redirecting(f"{other.url}/there", status)) as server:
        # Both are allowed: the program did not ask for this one all the same.
        tokens = numbered()
        answer = requests.post(f"{server.url}/moved", data=b"x", auth=TrustedProfileAuth(tokens, [server.url, other.url]))
        assert (answer.status_code, answer.url) == (401, f"{other.url}/there")
        assert (server.authorizations, other.authorizations) == (["Bearer token-1"], [None])
        assert tokens.token().value == "token-1", "it was not this token that was refused"


def test_a_session_that_strips_nothing_changes_nothing() -> None:
    class Session(requests.Session):
        def should_strip_auth(self, old_url: str, new_url: str) -> bool:
            return False

    with Recorder() as other, Recorder(redirecting(other.url)) as server, Session() as session:
        assert session.get(f"{server.url}/moved", auth=TrustedProfileAuth(numbered(), [server.url])).ok
        assert other.authorizations == [None]


def test_from_http_to_https_the_token_stays_behind() -> None:
    class Ports80And443(BaseAdapter):
        """In place of sockets, which nobody but root may open there."""

        def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
            sent.append((request.url, request.headers.get("Authorization")))
            response = requests.Response()
            response.request, response.url = request, request.url
            response.status_code = 302 if request.url.startswith("http:") else 200
            response.headers["location"] = "https://127.0.0.1/"
            response.raw = io.BytesIO()
            return response

        def close(self) -> None:
            """Nothing is open."""

    sent: list[tuple[str, str | None]] = []
    with requests.Session() as session:
        session.mount("http://", Ports80And443())
        session.mount("https://", Ports80And443())
        session.get("http://127.0.0.1/", auth=TrustedProfileAuth(numbered(), ["http://127.0.0.1", "https://127.0.0.1"]))
    assert sent == [("http://127.0.0.1/", "Bearer token-1"), ("https://127.0.0.1/", None)]


def test_a_redirect_within_the_origin_takes_the_newest_token_along() -> None:
    def answer(received: Received) -> Answer:
        return refusing("token-1")(received) if received.authorization == "Bearer token-1" else redirecting("/there")(received)

    with Recorder(answer) as server:
        assert requests.get(f"{server.url}/moved", auth=TrustedProfileAuth(numbered(), [server.url])).ok
        assert [(received.path, received.authorization) for received in server.received] == [
            ("/moved", "Bearer token-1"),
            ("/moved", "Bearer token-2"),
            ("/there", "Bearer token-2"),
        ]


def test_a_prepared_request_outlives_its_token() -> None:
    refused = ["token-1"]
    with Recorder(lambda received: refusing(*refused)(received)) as server, requests.Session() as session:
        auth = TrustedProfileAuth(numbered(policy={"invalidate_window": 0}), [server.url])
        prepared = requests.Request("GET", server.url, auth=auth).prepare()
        assert session.send(prepared).ok
        refused.append("token-2")
        assert session.send(prepared).ok
        assert server.authorizations == ["Bearer token-1", "Bearer token-2", "Bearer token-2", "Bearer token-3"]


def test_a_token_that_was_renewed_meanwhile_stays() -> None:
    tokens = numbered(policy={"invalidate_window": 0})

    def answer(received: Received) -> Answer:
        if received.authorization == "Bearer token-1":
            tokens.invalidate(tokens.token())
            assert tokens.token().value == "token-2"
        return refusing("token-1")(received)

    with Recorder(answer) as server:
        assert requests.get(server.url, auth=TrustedProfileAuth(tokens, [server.url])).ok
        assert server.authorizations == ["Bearer token-1", "Bearer token-2"]


def test_an_origin_that_is_not_allowed_gets_nothing() -> None:
    with Recorder() as server:
        auth = TrustedProfileAuth(numbered(), ["https://allowed.example"])
        with pytest.raises(InvalidArgumentError) as caught:
            requests.get(f"{server.url.replace('//', '//user:secret@')}/path?key=secret", auth=auth)
        assert server.received == []
    assert f"{server.url} is not in allowed_origins (https://allowed.example)" in str(caught.value)
    assert "secret" not in str(caught.value) and caught.value.kind == "configuration"


@pytest.mark.parametrize(
    ("origins", "message"),
    [
        ([], "expected at least one origin"),
        ("https://a.example", "expected a list of origins"),
        (["http://a.example"], "expected https, or http to loopback"),
        (["https://*.example"], r"got \"https://\*.example\""),
        (["https://a.example/path"], "without a path"),
        (["http://169.254.169.254"], "expected an origin with https, or with http on this machine"),
    ],
)
def test_origins_that_cannot_be_used(origins: Any, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"^invalid_argument: allowed_origins: .*{message}"):
        TrustedProfileAuth(numbered(), origins)


def test_threads_that_are_refused_share_the_next_token() -> None:
    everybody = threading.Barrier(16)

    def answer(received: Received) -> Answer:
        if received.authorization == "Bearer token-1":
            everybody.wait(30)
        return refusing("token-1")(received)

    with Recorder(answer) as server, requests.Session() as session:
        session.auth = TrustedProfileAuth(numbered(), [server.url])
        found: list[int] = []
        threads = [threading.Thread(target=lambda: found.append(session.get(server.url).status_code)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [200] * 16
        assert sorted(map(str, server.authorizations)) == ["Bearer token-1"] * 16 + ["Bearer token-2"] * 16
