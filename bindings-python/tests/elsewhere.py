"""A host that nothing of a program's should reach, or a proxy: it records who came, and invents a token."""

from __future__ import annotations

import json
import select
import socket
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

INVENTED = "invented-by-somebody-else"
_ANSWER = {"access_token": INVENTED, "token_type": "Bearer", "expires_in": 3600, "expiration": 4_070_908_800}


@dataclass(frozen=True)
class Arrived:
    """A request as it arrived. ``target`` is a path, a whole address, or ``host:port`` for tunnels."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Elsewhere:
    """Listens on ``address``. A proxy that ``refuses`` does so with that status; all its tunnels lead to the port
    ``tunnels_to`` of this machine, if there is one."""

    def __init__(self, address: str = "127.0.0.1", refuses: int | None = None, tunnels_to: int | None = None) -> None:
        self.recorded: list[Arrived] = []
        handler = type("Handler", (_Handler,), {"recorded": self.recorded, "refuses": refuses, "tunnels_to": tunnels_to})
        self._server = ThreadingHTTPServer((address, 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Elsewhere:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Handler(BaseHTTPRequestHandler):
    recorded: ClassVar[list[Arrived]]
    refuses: ClassVar[int | None]
    tunnels_to: ClassVar[int | None]

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.recorded.append(Arrived(self.command, self.path, headers, body))
        if self.command == "CONNECT" and self.tunnels_to and not self.refuses:
            self.tunnel(self.tunnels_to)
            return
        # No tunnel: what matters is that it was asked for.
        status = self.refuses or (502 if self.command == "CONNECT" else 200)
        answer = json.dumps(_ANSWER).encode() if status == 200 else b""
        self.send_response(status)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_PUT = do_POST = do_CONNECT = handle_any

    def tunnel(self, port: int) -> None:
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(("127.0.0.1", port)) as service:
            other = {self.connection: service, service: self.connection}
            while chunks := [(end, end.recv(65536)) for end in select.select(list(other), [], [])[0]]:
                if not all(chunk for _, chunk in chunks):
                    return
                for end, chunk in chunks:
                    other[end].sendall(chunk)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
