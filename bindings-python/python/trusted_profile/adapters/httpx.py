"""Tokens for :mod:`httpx`, plain and with asyncio."""

from __future__ import annotations

from .._error import invalid
from ._origins import Origins
from ._refusal import replacement, replacement_async

try:
    import httpx
except ImportError as _error:
    raise ImportError("trusted_profile.adapters.httpx needs httpx: pip install httpx", name="httpx") from _error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Iterable

    from .._native import AccessToken
    from .._provider import TokenProvider

__all__ = ["TrustedProfileAuth"]


class TrustedProfileAuth(httpx.Auth):
    """Adds the token of ``tokens`` to requests, for a client or for a single call.

    >>> client = httpx.AsyncClient(auth=TrustedProfileAuth(tokens, ["https://us-south.iaas.cloud.ibm.com"]))  # doctest: +SKIP

    An ``AsyncClient`` waits for tokens without blocking its loop, which has to be one of asyncio.
    A 401 drops that very token, and the request is sent once more with the next one. It is not where its body
    is a file or a stream, which httpx does not rewind, or where there is no newer token: then the 401 is handed back.
    With ``follow_redirects``, a redirect keeps the token within its origin and loses it elsewhere.

    :param tokens: where tokens come from.
    :param allowed_origins: the origins that may see them: scheme, host and port; https, or http to this machine,
        but not on port 80: from there httpx lets a redirect take the token on to https.
    :raises InvalidArgumentError: an origin cannot be used, or there is none. Requests to any other origin raise it too.
    """

    def __init__(self, tokens: TokenProvider, allowed_origins: Iterable[str]) -> None:
        names = allowed_origins if isinstance(allowed_origins, str) else list(allowed_origins)
        self._tokens = tokens
        self._origins = Origins(names)
        for url in map(httpx.URL, names):
            if url.scheme == "http" and url.port is None:
                raise invalid(f"allowed_origins: expected https, or http on a port other than 80 for httpx, got {str(url)!r}")

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """For ``httpx.Client``."""
        self._origins.of(str(request.url))
        token = self._tokens.token()
        response = yield _with(token, request)
        if _is_refused(response, token):
            newer = replacement(self._tokens, token)
            if newer is not None and _is_repeatable(response.request):
                yield _with(newer, response.request)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """For ``httpx.AsyncClient``."""
        self._origins.of(str(request.url))
        token = await self._tokens.token_async()
        response = yield _with(token, request)
        if _is_refused(response, token):
            newer = await replacement_async(self._tokens, token)
            if newer is not None and _is_repeatable(response.request):
                yield _with(newer, response.request)


def _with(token: AccessToken, request: httpx.Request) -> httpx.Request:
    request.headers["Authorization"] = token.authorization
    return request


def _is_refused(response: httpx.Response, token: AccessToken) -> bool:
    """Whether it is this token that was refused: after a redirect to another origin it was not there."""
    return response.status_code == 401 and response.request.headers.get("Authorization") == token.authorization


def _is_repeatable(request: httpx.Request) -> bool:
    return isinstance(request.stream, httpx.ByteStream)
