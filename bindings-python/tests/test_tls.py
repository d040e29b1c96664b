"""Real TLS: the right certificate works, each wrong one is refused by its name, and nothing falls back to http."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from account import BRISK, CALM, TRANSPORTS, Account
from fetching import Wish, fetch
from waiting import until

from trusted_profile import TokenProvider, _http
from trusted_profile.errors import InvalidArgumentError, MetadataUnreachableError, ServiceUnreachableError, TlsFailedError

UNKNOWN = ("the certificate's issuer is not trusted", "the issuing CA is not among the trusted ones")
NAME = ("the certificate is for another name", "the certificate is for another name")
CLOCK = ("the certificate is expired or not yet valid", "this machine's clock is wrong")
WRONG = {"other_authority": UNKNOWN, "wrong_name": NAME, "expired": CLOCK, "not_yet_valid": CLOCK}
VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


@pytest.fixture
def account() -> Iterator[Account]:
    with Account("--tls") as account:
        account.simulator.control("PATCH", "instances/primary", {"protocol": "https"})
        yield account


def sources(account: Account, **options: Any) -> list[TokenProvider]:
    overview = account.simulator.overview
    given = {"policy": CALM, **options}
    return [account.instance(endpoint=overview["metadata_https_url"], **given), account.pod(endpoint=overview["iam_https_url"], **given)]


def assert_refused(tokens: TokenProvider, failure: str, first_cause: str) -> None:
    with pytest.raises(TlsFailedError, match=failure) as caught:
        tokens.token()
    error = caught.value
    assert error.attempts == 1 and not error.transient, "no use in trying again"
    # Where this machine has a proxy set, that it inspects TLS is the better guess.
    cause = next(cause for cause in error.causes if not cause["cause"].startswith("a proxy"))
    assert cause["cause"].startswith(first_cause) and cause["fix"] in str(error)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_certificate_of_the_ca_bundle_works(account: Account, transport: str) -> None:
    for tokens in sources(account, transport=transport, ca_bundle=account.ca_bundle()):
        assert account.greeting(tokens.token().value) == 200
    requests = [entry for entry in account.journal() if entry["service"] != "object_store"]
    assert len(requests) == 3 and all(entry["tls"] for entry in requests)


def test_a_stop_takes_no_tls_away(account: Account) -> None:
    """What another thread is just sending must not go out in plain text."""
    url = urlsplit(account.simulator.overview["iam_https_url"])
    attempt = _http._Attempt(30)
    try:
        sock = attempt.connect(url.hostname or "", url.port or 0, 5)
        secured = _http.PythonTransport(account.ca_bundle())._secure(sock, url.hostname or "", attempt)
        attempt.stop("interrupted", "closed")
        with pytest.raises(OSError):
            secured.recv(1)
        with pytest.raises(OSError):
            for _ in range(100):
                secured.sendall(b"secret")
        assert getattr(secured, "_sslobj") is not None, "whatever is sent is still encrypted"
    finally:
        attempt.end()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_an_unknown_authority_is_refused(account: Account, transport: str) -> None:
    for tokens in sources(account, transport=transport):
        assert_refused(tokens, *UNKNOWN)
    assert account.journal() == []


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("certificate", WRONG)
def test_each_wrong_certificate_is_refused_by_its_name(account: Account, certificate: str, transport: str) -> None:
    account.settings(certificate=certificate)
    common = {"transport": transport, "ca_bundle": account.ca_bundle(), "policy": CALM}
    # A name and an address are two different things to a certificate.
    named = str(account.simulator.overview["iam_https_url"]).replace("127.0.0.1", "localhost")
    for tokens in [*sources(account, **common), account.pod(endpoint=named, **common)]:
        assert_refused(tokens, *WRONG[certificate])
    assert account.journal() == [], "nothing was said before the certificate was checked, nor in the clear after"
    account.settings(certificate="valid")
    assert account.greeting(sources(account, **common)[0].token().value) == 200


@pytest.mark.parametrize("variable", VARIABLES)
def test_bundles_that_the_environment_names(account: Account, variable: str) -> None:
    outcomes = fetch(_wishes(account), {variable: account.ca_bundle()})
    assert [account.greeting(outcome["token"]) for outcome in outcomes] == [200] * len(TRANSPORTS)


@pytest.mark.parametrize("variable", VARIABLES)
def test_bundles_of_the_environment_that_cannot_be_read_are_left_out(account: Account, variable: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n")
    (tmp_path / "empty.pem").touch()
    for path in (broken, tmp_path / "empty.pem", tmp_path / "none.pem", tmp_path):
        outcomes = fetch(_wishes(account, ca_bundle=account.ca_bundle()), {variable: str(path)})
        assert ["token" in outcome for outcome in outcomes] == [True] * len(TRANSPORTS), (path, outcomes)
        outcomes = fetch(_wishes(account), {variable: str(path)})
        assert [outcome.get("error") for outcome in outcomes] == ["tls_failed"] * len(TRANSPORTS), (path, outcomes)


def _wishes(account: Account, **common: Any) -> list[Wish]:
    pod = {"source": "container", "profile_id": account.seed["pod_profile"]["id"], "cr_token_file": account.token_file}
    endpoint = account.simulator.overview["iam_https_url"]
    return [{**pod, "endpoint": endpoint, "with": {"transport": transport, "policy": CALM, **common}} for transport in TRANSPORTS]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_bundle_of_the_program_s_own_has_to_be_one(account: Account, transport: str, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    for path in (tmp_path / "none.pem", tmp_path / "empty.pem", tmp_path):
        with pytest.raises(InvalidArgumentError, match=f"^invalid_argument: ca_bundle: expected a PEM file .*{path.name}"):
            account.pod(transport=transport, ca_bundle=path)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_service_that_speaks_no_tls_is_refused(account: Account, transport: str) -> None:
    plain = account.simulator.iam_url.replace("http://", "https://")
    tokens = account.pod(endpoint=plain, transport=transport, policy=CALM)
    assert_refused(tokens, "TLS handshake failed", "the other side does not speak TLS")
    assert account.journal() == [], "no credential went out in the clear"


class Cut:
    """A way to a port of this machine that ends after so many bytes of what the service says, or is silent from there."""

    def __init__(self, port: int, after: int, is_silent: bool) -> None:
        self._service, self._left, self._is_silent = port, after, is_silent
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        self._done = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        try:
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._forward, args=(connection,), daemon=True).start()
        except OSError:
            # Closed.
            return

    def _forward(self, client: socket.socket) -> None:
        left = self._left
        with client, socket.create_connection(("127.0.0.1", self._service)) as service:
            while left > 0:
                ready = select.select([client, service], [], [])[0]
                if client in ready:
                    said = client.recv(65536)
                    if not said:
                        return
                    service.sendall(said)
                if service in ready:
                    chunk = service.recv(min(left, 65536))
                    left -= len(chunk)
                    client.sendall(chunk)
            if self._is_silent:
                self._done.wait()

    def close(self) -> None:
        self._done.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.mark.parametrize("is_silent", [False, True], ids=["ends", "silent"])
@pytest.mark.parametrize("after", [0, 40, 700])
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_handshake_that_is_not_brought_to_its_end(account: Account, transport: str, after: int, is_silent: bool) -> None:
    """As a network that fails, not as a certificate that is wrong: another attempt may help."""
    port = int(str(account.simulator.overview["iam_https_url"]).rsplit(":", 1)[1])
    cut = Cut(port, after, is_silent)
    # Silence is waited for to its end, all else ends by itself.
    attempt = 0.5 if is_silent else 10
    policy = {**BRISK, "remote": {"connect": attempt, "attempt": attempt, "round": 30}, "max_attempts": 2}
    with account.pod(endpoint=cut.url, transport=transport, ca_bundle=account.ca_bundle(), policy=policy) as tokens:
        with pytest.raises(ServiceUnreachableError) as caught:
            tokens.token()
    assert caught.value.attempts == 2, caught.value
    until(lambda: cut.connections >= 2)
    cut.close()
    assert account.journal() == []


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_an_instance_that_speaks_http_alone_is_no_fallback(account: Account, transport: str) -> None:
    account.simulator.control("PATCH", "instances/primary", {"protocol": "http"})
    endpoint = account.simulator.overview["metadata_https_url"]
    with account.instance(endpoint=endpoint, transport=transport, ca_bundle=account.ca_bundle(), policy=BRISK) as tokens:
        with pytest.raises(MetadataUnreachableError):
            tokens.token()
    assert not [entry for entry in account.journal() if not entry["tls"]], "nothing went out in the clear"
