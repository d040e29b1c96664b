"""A transport of one's own, by urllib of the standard library. Threads, waiting and forks remain the provider's.

    python sansio_urllib.py [METADATA_ENDPOINT]
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading
import urllib.request
from http.client import HTTPException, HTTPResponse
from queue import Empty, SimpleQueue
from urllib.error import URLError

from trusted_profile import TokenProvider
from trusted_profile.sansio import Exchange, Response, TransportError


def send(exchange: Exchange) -> Response:
    """Ends in time, whatever urllib waits for: its own timeout starts anew with every byte."""
    outcome: SimpleQueue[Response | TransportError] = SimpleQueue()
    threading.Thread(target=lambda: outcome.put(attempt(exchange)), daemon=True).start()
    try:
        result = outcome.get(timeout=exchange.timeout)
    except Empty:
        raise TransportError("read_timeout", f"{exchange.timeout:.1f} s") from None
    if isinstance(result, TransportError):
        raise result
    return result


def attempt(exchange: Exchange) -> Response | TransportError:
    # Without a body there is none, not an empty one, unless the method wants one.
    body = exchange.body or (None if exchange.method == "GET" else b"")
    request = urllib.request.Request(exchange.url, body, dict(exchange.headers), method=exchange.method)
    try:
        with opener(exchange.network).open(request, timeout=exchange.timeout) as answer:
            return Response(answer.status, answer.getheaders(), read(answer, exchange.max_response_bytes))
    except TransportError as error:
        return error
    except Exception as error:
        return TransportError(kind_of(error), type(error).__name__)


def opener(network: str) -> urllib.request.OpenerDirector:
    """Made by hand: one with everything would follow redirects, raise for 4xx, and take proxies for every address."""
    director = urllib.request.OpenerDirector()
    # The environment's proxies are for the public network only.
    proxies = urllib.request.getproxies() if network == "public" else {}
    for handler in (urllib.request.ProxyHandler(proxies), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler()):
        director.add_handler(handler)
    return director


def read(answer: HTTPResponse, cap: int) -> bytes:
    body = answer.read(cap + 1)
    if len(body) > cap:
        raise TransportError("too_large", f"more than {cap} bytes")
    if answer.length:
        raise TransportError("interrupted", "the body ended early")
    return body


def kind_of(error: Exception) -> str:
    """It decides about retrying."""
    reason = error.reason if isinstance(error, URLError) else error
    kinds = (
        (socket.gaierror, "dns"),
        (ssl.SSLError, "tls"),
        (TimeoutError, "read_timeout"),
        (ConnectionRefusedError, "refused"),
        ((ConnectionError, HTTPException), "interrupted"),
        (OSError, "unreachable"),
    )
    return next((kind for classes, kind in kinds if isinstance(reason, classes)), "other")


with TokenProvider.vpc_instance(endpoint=sys.argv[1] if len(sys.argv) > 1 else None, transport=send) as tokens:
    print(tokens.describe()["transport"], tokens.token(timeout=30))
