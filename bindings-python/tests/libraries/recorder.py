"""A server on loopback that writes down what it is sent, and answers as a test says."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from trusted_profile import TokenProvider


@dataclass(frozen=True)
class Received:
    """A request as it arrived. Names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def authorization(self) -> str | None:
        return self.headers.get("authorization")


@dataclass(frozen=True)
class Answer:
    """What the server says."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Recorder:
    """Runs within ``with``. ``answer`` is called for every request, in the thread of its connection."""

    def __init__(self, answer: Callable[[Received], Answer] = lambda _: Answer()) -> None:
        self.received: list[Received] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # A body that does not come fails its test instead of holding it up.
            timeout = 10

            def handle_any(self) -> None:
                received = Received(
                    self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, self.body()
                )
                recorder.received.append(received)
                said = answer(received)
                self.send_response(said.status)
                for name, value in {"content-type": "application/json", **said.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            do_GET = do_POST = do_PUT = do_CONNECT = handle_any

            def body(self) -> bytes:
                if self.headers.get("transfer-encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("content-length", 0)))
                whole = b""
                while size := int(self.rfile.readline(), 16):
                    whole += self.rfile.read(size + 2)[:size]
                self.rfile.readline()
                return whole

            def log_message(self, format: str, *args: object) -> None:
                """Tests say what they found by themselves."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def authorizations(self) -> list[str | None]:
        """The header of every request, in the order of their arrival."""
        return [received.authorization for received in self.received]

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(30)


def refusing(*tokens: str, status: int = 401) -> Callable[[Received], Answer]:
    """Refuses these tokens, and takes any other."""
    return lambda received: Answer(status if received.authorization in [f"Bearer {token}" for token in tokens] else 200)


def redirecting(to: str, status: int = 307) -> Callable[[Received], Answer]:
    """Sends whoever asks for /moved elsewhere."""
    return lambda received: Answer(status, {"location": to}) if received.path == "/moved" else Answer()


def numbered(**options: Any) -> TokenProvider:
    """A provider whose tokens are ``token-1``, ``token-2`` and so on."""
    numbers = itertools.count(1)
    return TokenProvider.external(lambda: (f"token-{next(numbers)}", 3600.0), **options)
