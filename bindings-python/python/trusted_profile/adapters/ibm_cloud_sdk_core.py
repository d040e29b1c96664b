"""Tokens for the clients of IBM's Python core, such as ``ibm-vpc`` and ``ibm-platform-services``."""

from __future__ import annotations

from .._error import invalid

try:
    from ibm_cloud_sdk_core.authenticators import Authenticator
except ImportError as _error:
    _message = "trusted_profile.adapters.ibm_cloud_sdk_core needs ibm-cloud-sdk-core: pip install ibm-cloud-sdk-core"
    raise ImportError(_message, name="ibm_cloud_sdk_core") from _error

# Only now: IBM's core brings requests along, and where neither is there, it is IBM's that has to be installed.
from .requests import TrustedProfileAuth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping
    from typing import Any

    from .._provider import TokenProvider

__all__ = ["TrustedProfileAuthenticator"]


class TrustedProfileAuthenticator(Authenticator):
    """Adds the token of ``tokens`` to the requests of any client that is built on ``ibm_cloud_sdk_core``.

    >>> vpc = VpcV1(authenticator=TrustedProfileAuthenticator(tokens, ["https://us-south.iaas.cloud.ibm.com"]))  # doctest: +SKIP

    IBM's clients take their address from the program, from variables such as ``VPC_URL`` or from a credential file
    in the working directory. That is why the origins have to be said here: a file cannot send tokens elsewhere.
    On a 401 the client behaves as with :class:`trusted_profile.adapters.requests.TrustedProfileAuth`: it drops the
    token and tries once more with the next one.

    :param tokens: where tokens come from.
    :param allowed_origins: the origins that may see them: scheme, host and port; https, or http to this machine.
    :raises InvalidArgumentError: an origin cannot be used, or there is none. Requests to any other origin raise it too.
    """

    def __init__(self, tokens: TokenProvider, allowed_origins: Iterable[str]) -> None:
        self._tokens = tokens
        self._auth = TrustedProfileAuth(tokens, allowed_origins)

    def authentication_type(self) -> str:
        """``trustedProfile``. IBM's core shows it in its debug log."""
        return "trustedProfile"

    def authenticate(self, req: MutableMapping[str, Any]) -> None:
        """Adds the header to a request that IBM's core prepares, and what answers a 401 when it is sent.

        :param req: the keyword arguments of the call of ``requests``, with ``url`` and ``headers``.
        :raises InvalidArgumentError: the request goes to an origin that is not allowed, or does not say where it goes.
        """
        if not req.get("url"):
            raise invalid("req: expected a request with its url, since tokens go to allowed_origins only")
        self._auth.add_header(req["url"], req["headers"])
        req["auth"] = self._auth

    def validate(self) -> None:
        """Nothing is left to check: whatever cannot be used was refused when this was made."""
