"""A way to the metadata service on which one answer waits until the test lets it go: what is tested meanwhile has all the time it takes."""

from __future__ import annotations

import select
import socket
import threading
from urllib.parse import urlsplit


class Held:
    """Passes everything on, both ways, and holds the answer of one request back."""

    def __init__(self, metadata_url: str) -> None:
        url = urlsplit(metadata_url)
        self._service = (url.hostname or "", url.port or 0)
        self._method: bytes | None = None
        self._reached, self._may_go = threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.metadata_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self, method: str) -> None:
        """The answer of the next request of this method, once."""
        self._method = f"{method} ".encode()

    @property
    def is_holding(self) -> bool:
        """Whether the request was sent, and only its answer is missing."""
        return self._reached.is_set() and not self._may_go.is_set()

    def let_go(self) -> None:
        """The answer, late."""
        self._may_go.set()

    def close(self) -> None:
        self._may_go.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        try:
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._forward, args=(connection,), daemon=True).start()
        except OSError:
            # Closed.
            return

    def _forward(self, client: socket.socket) -> None:
        is_held = False
        with client, socket.create_connection(self._service) as service:
            try:
                while True:
                    for source in select.select([client, service], [], [])[0]:
                        chunk = source.recv(65536)
                        if not chunk:
                            return
                        if source is client:
                            is_held |= self._begins(chunk)
                            service.sendall(chunk)
                            continue
                        if is_held:
                            self._reached.set()
                            self._may_go.wait()
                            is_held = False
                        client.sendall(chunk)
            except OSError:
                # One of the two is gone.
                return

    def _begins(self, chunk: bytes) -> bool:
        """Whether this begins the request whose answer is to be held back."""
        if self._method is None or not chunk.startswith(self._method):
            return False
        self._method = None
        return True
