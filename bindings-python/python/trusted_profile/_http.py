"""The transport of the standard library, which cooperates where gevent or eventlet have patched it."""

from __future__ import annotations

import encodings.idna  # noqa: F401 - what a name lookup would import in its thread; a fork may come at any moment
import errno
import http.client
import os
import socket
import ssl
import threading
from base64 import b64encode
from time import monotonic
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from .sansio import Exchange, Response, TransportError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from urllib.parse import SplitResult

# Where other clients on the same machine find further roots. Whoever set them means us as well.
_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)
# OpenSSL's numbers of why a certificate is not accepted.
_EXPIRED, _NAME, _ISSUER = (9, 10), (62, 64), (2, 18, 19, 20, 21, 27)


class PythonTransport:
    """Sends exchanges by :mod:`http.client`. No connection is kept: tokens are fetched an hour apart."""

    def __init__(self, ca_bundle: str | PathLike[str] | None = None, private_proxy: str | None = None) -> None:
        self._ca_bundle = ca_bundle
        self._private_proxy = private_proxy
        self._context: ssl.SSLContext | None = None
        self._live: set[_Attempt] = set()
        self._is_closed = False

    def __call__(self, exchange: Exchange) -> Response:
        """Sends one exchange within its limits."""
        url = urlsplit(exchange.url)
        attempt = _Attempt(exchange.timeout)
        self._live.add(attempt)
        try:
            if self._is_closed:
                raise TransportError("interrupted", "the provider was closed")
            proxy = self._proxy(exchange, url)
            connection = self._connect(exchange, url, proxy, attempt)
            return _converse(connection, exchange, url, proxy if url.scheme == "http" else None)
        except TransportError:
            raise
        except Exception as error:
            raise attempt.explain(error) from None
        finally:
            self._live.discard(attempt)
            attempt.end()

    def close(self) -> None:
        """Ends every exchange that is under way, and those that are begun later."""
        self._is_closed = True
        for attempt in list(self._live):
            attempt.stop()

    def after_fork(self) -> None:
        """In a child: the parent's sockets are left alone, and so is what holds the locks of its handshakes."""
        self._live = set()
        self._context = None

    def _proxy(self, exchange: Exchange, url: SplitResult) -> SplitResult | None:
        """What stands between: nothing on the link, what was named on the private network, else the environment's."""
        address = None
        if exchange.network == "private":
            address = self._private_proxy
        elif exchange.network == "public" and not proxy_bypass(url.netloc):
            proxies = getproxies()
            address = proxies.get(url.scheme) or proxies.get("all")
        if not address:
            return None
        return urlsplit(address if "://" in address else f"http://{address}")

    def _connect(
        self, exchange: Exchange, url: SplitResult, proxy: SplitResult | None, attempt: _Attempt
    ) -> http.client.HTTPConnection:
        first = proxy or url
        host, port = first.hostname or "", first.port or (443 if first.scheme == "https" else 80)
        try:
            sock = socket.create_connection((host, port), min(exchange.connect_timeout, attempt.left()))
        except socket.gaierror as error:
            raise TransportError("dns", str(error)) from None
        except (TimeoutError, socket.timeout):
            raise TransportError("connect_timeout", f"nothing within {exchange.connect_timeout:.2f} s") from None
        attempt.watch(sock)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = http.client.HTTPConnection(host, port)
        connection.sock = sock
        if proxy is not None and proxy.scheme == "https":
            connection.sock = sock = attempt.watch(self._tls().wrap_socket(sock, server_hostname=host))
        if url.scheme == "https":
            if proxy is not None:
                _tunnel(sock, url, proxy)
            connection.sock = attempt.watch(self._tls().wrap_socket(sock, server_hostname=url.hostname))
        return connection

    def _tls(self) -> ssl.SSLContext:
        """Verification is never switched off. Without roots of the system, those that were named have to do."""
        if self._context is None:
            context = ssl.create_default_context()
            bundles = [os.environ.get(variable) for variable in _BUNDLE_VARIABLES]
            for bundle in (self._ca_bundle, *bundles):
                if bundle:
                    context.load_verify_locations(cafile=bundle)
            self._context = context
        return self._context


class _Attempt:
    """The time of one exchange. When it is over, its sockets are shut down, whatever they were doing."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._end = monotonic() + timeout
        self._sockets: list[socket.socket] = []
        self._is_late = False
        self._timer = threading.Timer(timeout, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def left(self) -> float:
        return max(self._end - monotonic(), 0.001)

    def watch(self, sock: socket.socket) -> socket.socket:
        sock.settimeout(self.left())
        self._sockets.append(sock)
        return sock

    def _expire(self) -> None:
        self._is_late = True
        self.stop()

    def stop(self) -> None:
        for sock in self._sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                # It is over already.
                pass

    def end(self) -> None:
        self._timer.cancel()
        for sock in reversed(self._sockets):
            sock.close()

    def explain(self, error: Exception) -> TransportError:
        """The class of what went wrong; it decides about retrying."""
        if self._is_late or isinstance(error, (TimeoutError, socket.timeout)):
            return TransportError("read_timeout", f"{self._timeout:.1f} s")
        if isinstance(error, ssl.SSLCertVerificationError):
            kinds = ((_EXPIRED, "tls_expired"), (_NAME, "tls_name"), (_ISSUER, "tls_unknown_issuer"))
            kind = next((name for codes, name in kinds if error.verify_code in codes), "tls")
            return TransportError(kind, error.verify_message)
        if isinstance(error, (ssl.SSLEOFError, ConnectionResetError, BrokenPipeError, ConnectionAbortedError)):
            return TransportError("interrupted", type(error).__name__)
        if isinstance(error, ssl.SSLError):
            return TransportError("tls", error.reason or "the handshake failed")
        if isinstance(error, (ConnectionRefusedError, PermissionError)):
            return TransportError("refused", str(error))
        if isinstance(error, OSError) and error.errno in _UNREACHABLE:
            return TransportError("unreachable", str(error))
        if isinstance(error, (http.client.HTTPException, OSError)):
            return TransportError("interrupted", type(error).__name__)
        return TransportError("other", type(error).__name__)


def _converse(
    connection: http.client.HTTPConnection, exchange: Exchange, url: SplitResult, proxy: SplitResult | None
) -> Response:
    path = f"{url.path or '/'}{'?' + url.query if url.query else ''}"
    # A proxy for plain http wants the whole address.
    target = f"{url.scheme}://{url.netloc}{path}" if proxy else path
    connection.putrequest(exchange.method, target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("host", url.netloc)
    connection.putheader("user-agent", "trusted-profile-python/0.1.0")
    connection.putheader("connection", "close")
    if proxy is not None:
        for name, value in _credentials(proxy).items():
            connection.putheader(name, value)
    for name, value in exchange.headers:
        connection.putheader(name, value)
    body = exchange.body
    if body or exchange.method not in ("GET", "HEAD", "DELETE"):
        connection.putheader("content-length", str(len(body)))
    connection.endheaders(body or None)
    return _read(connection.getresponse(), exchange.max_response_bytes)


def _read(response: http.client.HTTPResponse, cap: int) -> Response:
    """The whole body, unless it is longer than ``cap``."""
    if (response.length or 0) > cap:
        raise TransportError("too_large", f"more than {cap} bytes")
    body = bytearray()
    while chunk := response.read1(min(65536, cap + 1)):
        body += chunk
        if len(body) > cap:
            raise TransportError("too_large", f"more than {cap} bytes")
    if response.length:
        raise TransportError("interrupted", "the body ended early")
    return Response(response.status, list(response.getheaders()), bytes(body))


def _tunnel(sock: socket.socket, url: SplitResult, proxy: SplitResult) -> None:
    """Has the proxy connect to the service. What it refuses itself is no answer of the service."""
    authority = f"{url.hostname}:{url.port or 443}"
    lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
    lines += [f"{name}: {value}" for name, value in _credentials(proxy).items()]
    sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    head = b""
    while b"\r\n\r\n" not in head:
        # One byte at a time: what follows belongs to TLS.
        byte = sock.recv(1)
        if not byte or len(head) > 16384:
            raise TransportError("interrupted", "the proxy ended the connection")
        head += byte
    status = head.split(b" ", 2)[1:2]
    if status != [b"200"]:
        kind = "proxy" if status == [b"407"] else "interrupted"
        raise TransportError(kind, f"the proxy answered {b''.join(status).decode('latin-1')}")


def _credentials(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"proxy-authorization": f"Basic {b64encode(pair.encode()).decode()}"}
