"""Tokens for :mod:`requests`."""

from __future__ import annotations

from ._origins import Origins
from ._refusal import replacement

try:
    from requests.auth import AuthBase
    from requests.compat import urljoin
    from requests.exceptions import UnrewindableBodyError
    from requests.utils import rewind_body
except ImportError as _error:
    raise ImportError("trusted_profile.adapters.requests needs requests: pip install requests", name="requests") from _error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping
    from typing import Any

    from requests import PreparedRequest, Response

    from .._native import AccessToken, AllowedOrigins
    from .._provider import TokenProvider

__all__ = ["TrustedProfileAuth"]


class TrustedProfileAuth(AuthBase):
    """Adds the token of ``tokens`` to requests, for a session or for a single call.

    >>> session.auth = TrustedProfileAuth(tokens, ["https://us-south.iaas.cloud.ibm.com"])  # doctest: +SKIP

    A 401 drops that very token, and the request is sent once more with the next one. It is not where its body
    cannot be rewound (a generator, a pipe), or where there is no newer token: then the 401 is handed back.
    A redirect keeps the token within its origin and loses it elsewhere. May be shared between threads.

    :param tokens: where tokens come from.
    :param allowed_origins: the origins that may see them: scheme, host and port; https, or http to this machine.
    :raises InvalidArgumentError: an origin cannot be used, or there is none. Requests to any other origin raise it too.
    """

    def __init__(self, tokens: TokenProvider, allowed_origins: Iterable[str]) -> None:
        self._tokens = tokens
        self._origins = Origins(allowed_origins)

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Adds the header. ``requests`` calls this for every request that the program sends, but not for redirects."""
        origin = self._origins.of(r.url or "")
        sent = _Sent(self._tokens, origin, self._tokens.token())
        r.headers["Authorization"] = sent.token.authorization
        r.register_hook("response", sent.answered)  # type: ignore[no-untyped-call, unused-ignore]
        return r

    def add_header(self, url: str, headers: MutableMapping[str, str]) -> None:
        """Adds the header to those of a request that is yet to be prepared.

        :raises InvalidArgumentError: ``url`` is not in ``allowed_origins``.
        """
        self._origins.of(url)
        headers["Authorization"] = self._tokens.token().authorization


class _Sent:
    """A request of the program and all that follows from it, with the one token that may go along."""

    def __init__(self, tokens: TokenProvider, origin: AllowedOrigins, token: AccessToken) -> None:
        self.token = token
        self._tokens = tokens
        self._origin = origin

    def answered(self, response: Response, **options: Any) -> Response:
        """What ``requests`` calls with every answer, those to redirects included."""
        # Redirects share the hooks of the request that they follow from, and may have lost its header.
        if response.status_code == 401 and response.request.headers.get("Authorization") == self.token.authorization:
            response = self._retry(response, **options)
        if response.is_redirect and not self._origin.allows(urljoin(response.url, response.headers["location"])):
            # The next request takes its headers from this one. By itself, requests passes them on from http to https.
            response.request.headers.pop("Authorization", None)
        return response

    def _retry(self, response: Response, **options: Any) -> Response:
        request = response.request
        try:
            token = replacement(self._tokens, self.token)
        except BaseException:
            response.close()
            raise
        if token is None or not _rewind(request):
            return response
        # Read to its end, so that the connection serves the next request.
        response.content
        response.close()
        response.request = request.copy()
        self.token = token
        request.headers["Authorization"] = token.authorization
        again: Response = response.connection.send(request, **options)
        again.history.append(response)
        return again


def _rewind(request: PreparedRequest) -> bool:
    """Has the body begin anew, if it can."""
    body: Any = request.body
    if body is None or isinstance(body, (str, bytes)):
        return True
    try:
        rewind_body(request)
    except (UnrewindableBodyError, ValueError):
        # A closed file says so by ValueError.
        return False
    return True
