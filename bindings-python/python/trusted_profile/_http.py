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

from . import _log
from .sansio import Exchange, Response, TransportError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from typing import Any
    from urllib.parse import SplitResult

    _Addresses = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]]

# Where other clients on the same machine find further roots. Whoever set them means us as well.
_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)
# OpenSSL's numbers of why a certificate is not accepted.
_EXPIRED, _NAME, _ISSUER = (9, 10), (62, 64), (2, 18, 19, 20, 21, 27)
_CLOSED = ("interrupted", "the provider was closed")


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
                attempt.stop(*_CLOSED)
            attempt.require_running()
            proxy = self._proxy(exchange, url)
            connection = self._connect(exchange, url, proxy, attempt)
            response = _converse(connection, exchange, url, proxy if url.scheme == "http" else None)
            attempt.require_running()
            return response
        except Exception as error:
            raise attempt.explain(error) from None
        finally:
            self._live.discard(attempt)
            attempt.end()

    def close(self) -> None:
        """Ends every exchange that is under way, and those that are begun later."""
        self._is_closed = True
        for attempt in list(self._live):
            attempt.stop(*_CLOSED)

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
        proxy = urlsplit(address if "://" in address else f"http://{address}")
        if proxy.scheme not in ("http", "https"):
            raise TransportError("other", f"a proxy that speaks {proxy.scheme} is of no use to this transport")
        return proxy

    def _connect(
        self, exchange: Exchange, url: SplitResult, proxy: SplitResult | None, attempt: _Attempt
    ) -> http.client.HTTPConnection:
        first = proxy or url
        host, port = first.hostname or "", first.port or (443 if first.scheme == "https" else 80)
        sock = attempt.connect(host, port, exchange.connect_timeout)
        if proxy is not None and proxy.scheme == "https":
            sock = self._secure(sock, host, attempt)
        if proxy is not None and url.scheme == "https":
            _tunnel(sock, url, proxy)
        if url.scheme == "https":
            sock = self._secure(sock, url.hostname or "", attempt)
        connection = http.client.HTTPConnection(host, port)
        # Where a program has set it for all connections, it prints every header.
        connection.set_debuglevel(0)
        connection.sock = sock
        return connection

    def _secure(self, sock: socket.socket, host: str, attempt: _Attempt) -> ssl.SSLSocket:
        if isinstance(sock, ssl.SSLSocket):
            raise TransportError("other", "this transport speaks no TLS to a proxy that tunnels TLS; the native one does")
        # An end without TLS's own goodbye may have come from anybody.
        secured = self._tls().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False, suppress_ragged_eofs=False)
        attempt.watch(secured)
        secured.do_handshake()
        return secured

    def _tls(self) -> ssl.SSLContext:
        """Verification is never switched off. Without roots of the system, those that were named have to do."""
        if self._context is None:
            context = ssl.create_default_context()
            # What is accepted depends neither on the version of Python nor on which of the transports it is.
            context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
            context.hostname_checks_common_name = False
            if self._ca_bundle:
                context.load_verify_locations(cafile=self._ca_bundle)
            for variable in _BUNDLE_VARIABLES:
                bundle = os.environ.get(variable)
                if bundle:
                    _add_bundle(context, variable, bundle)
            self._context = context
        return self._context


def _add_bundle(context: ssl.SSLContext, variable: str, bundle: str) -> None:
    """Meant for other clients perhaps, so that one which cannot be read is left out."""
    try:
        context.load_verify_locations(cafile=bundle)
    except (OSError, ValueError) as error:
        _log.bundle_left_out(variable, error)


class _Attempt:
    """The time of one exchange. When it is over, its sockets are shut down, whatever they were doing."""

    def __init__(self, timeout: float) -> None:
        self._end = monotonic() + timeout
        self._sockets: list[socket.socket] = []
        # The same connections once more: to shut down a socket of TLS takes its TLS away first, and what another
        # thread is just sending would go out in plain text.
        self._handles: list[socket.socket] = []
        self._stopped: tuple[str, str] | None = None
        self._timer = threading.Timer(timeout, self.stop, ("read_timeout", f"{timeout:.1f} s"))
        self._timer.daemon = True
        self._timer.start()

    def connect(self, host: str, port: int, within: float) -> socket.socket:
        """A connection to the first address that takes one. The time is for all of them, and for finding them."""
        end = min(monotonic() + within, self._end)
        addresses = _resolve(host, port, end - monotonic())
        for left, (family, kind, protocol, _, address) in zip(range(len(addresses), 0, -1), addresses, strict=True):
            sock = self.watch(socket.socket(family, kind, protocol))
            self._handles.append(sock.dup())
            sock.settimeout(max((end - monotonic()) / left, 0.001))
            try:
                sock.connect(address)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return self.watch(sock)
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise TransportError("connect_timeout", f"nothing within {within:.2f} s")
        raise failure

    def watch(self, sock: socket.socket) -> socket.socket:
        """Has the socket end with this attempt."""
        sock.settimeout(max(self._end - monotonic(), 0.001))
        self._sockets.append(sock)
        # Whoever stopped it a moment ago did not see this one.
        self.require_running()
        return sock

    def stop(self, kind: str, detail: str) -> None:
        """Ends it from outside, whatever it is doing."""
        self._stopped = self._stopped or (kind, detail)
        for handle in list(self._handles):
            try:
                handle.shutdown(socket.SHUT_RDWR)
            except OSError:
                # It is over already.
                pass

    def require_running(self) -> None:
        """To somebody who reads, an end from outside looks like the end of the answer."""
        if self._stopped is not None:
            raise TransportError(*self._stopped)

    def end(self) -> None:
        self._timer.cancel()
        for sock in (*reversed(self._sockets), *self._handles):
            sock.close()

    def explain(self, error: Exception) -> TransportError:
        """The class of what went wrong; it decides about retrying."""
        if isinstance(error, TransportError) and error.kind in ("dns", "connect_timeout"):
            return error
        return _classify(error) if self._stopped is None else TransportError(*self._stopped)


def _resolve(host: str, port: int, patience: float) -> _Addresses:
    """The addresses of a name. The system's resolver knows no end, so that it is asked in a thread of its own."""
    outcome: list[Any] = []

    def ask() -> None:
        try:
            outcome.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            outcome.append(error)

    thread = threading.Thread(target=ask, name="trusted-profile-resolver", daemon=True)
    thread.start()
    thread.join(max(patience, 0.001))
    if not outcome:
        raise TransportError("dns", f"{host}: no name server answered within {patience:.2f} s")
    if isinstance(outcome[0], Exception):
        raise TransportError("dns", f"{host}: {outcome[0]}")
    addresses: _Addresses = outcome[0]
    return addresses


def _classify(error: Exception) -> TransportError:
    if isinstance(error, TransportError):
        return error
    if isinstance(error, TimeoutError):
        return TransportError("read_timeout", "no answer in time")
    if isinstance(error, ssl.SSLCertVerificationError):
        kinds = ((_EXPIRED, "tls_expired"), (_NAME, "tls_name"), (_ISSUER, "tls_unknown_issuer"))
        kind = next((name for codes, name in kinds if error.verify_code in codes), "tls")
        return TransportError(kind, error.verify_message)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
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
    body = b"" if (response.length or 0) > cap else response.read(cap + 1)
    if (response.length or 0) + len(body) > cap:
        raise TransportError("too_large", f"more than {cap} bytes")
    if response.length:
        raise TransportError("interrupted", "the body ended early")
    try:
        return Response(response.status, list(response.getheaders()), body)
    except ValueError:
        raise TransportError("interrupted", "the answer's headers are none as HTTP knows them") from None


def _tunnel(sock: socket.socket, url: SplitResult, proxy: SplitResult) -> None:
    """Has the proxy connect to the service. What it refuses itself is no answer of the service."""
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    authority = f"{host}:{url.port or 443}"
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
    if not (status and status[0].startswith(b"2")):
        kind = "proxy" if status == [b"407"] else "interrupted"
        raise TransportError(kind, f"the proxy answered {b''.join(status).decode('latin-1')}")


def _credentials(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"proxy-authorization": f"Basic {b64encode(pair.encode()).decode()}"}
