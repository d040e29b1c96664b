"""Tokens for IBM Cloud Object Storage: ``ibm_boto3``, of the package ``ibm-cos-sdk``."""

from __future__ import annotations

from ._origins import Origins
from ._refusal import replacement

try:
    import ibm_boto3
    from ibm_botocore import session as botocore
    from ibm_botocore.client import Config
    from ibm_botocore.credentials import TokenManager
except ImportError as _error:
    raise ImportError("trusted_profile.adapters.ibm_boto3 needs ibm_boto3: pip install ibm-cos-sdk", name="ibm_boto3") from _error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping
    from typing import Any

    from .._native import AccessToken
    from .._provider import TokenProvider

__all__ = ["TrustedProfileTokenManager", "session"]

# Where a request remembers its token, and that it was sent again, from one attempt to the next.
_TOKEN, _REPEATED = "trusted_profile.token", "trusted_profile.repeated"


class TrustedProfileTokenManager(TokenManager):
    """The token manager that ``ibm_boto3`` takes, for programs that make their sessions themselves.

    >>> ibm_boto3.client("s3", token_manager=TrustedProfileTokenManager(tokens), endpoint_url=...,
    ...     config=Config(signature_version="oauth"))  # doctest: +SKIP

    ``ibm_boto3`` asks it for a token for every request, but does not say where that request goes, nor whether the
    token was refused. So there are no ``allowed_origins`` here, and a 401 is not tried again: :func:`session` has both.
    ``ibm_boto3`` sends the token to ``endpoint_url`` and, where there is none, to the endpoint of the region.

    :param tokens: where tokens come from.
    """

    def __init__(self, tokens: TokenProvider) -> None:
        self._tokens = tokens

    def get_token(self) -> str:
        """The text of a token that is usable now."""
        return self._tokens.token().value

    def set_from_config(self, config: object) -> None:
        """Called with the client's settings, of which none is about tokens: ``tokens`` has its own proxies."""


def session(tokens: TokenProvider, allowed_origins: Iterable[str]) -> Any:
    """A session of ``ibm_boto3`` whose clients and resources send the token of ``tokens``.

    >>> cos = session(tokens, ["https://s3.us-south.cloud-object-storage.appdomain.cloud"]).client(
    ...     "s3", endpoint_url="https://s3.us-south.cloud-object-storage.appdomain.cloud")  # doctest: +SKIP

    A request to any other origin raises ``InvalidArgumentError`` before anything is sent, also where ``ibm_boto3``
    itself changes the address: for a bucket of another region, or with the bucket in the host name. On a 401 the
    token is dropped, and the request is sent once more with the next one, unless its body cannot be rewound or
    there is no newer token: then ``ClientError`` tells of the 401.

    :param tokens: where tokens come from.
    :param allowed_origins: the origins that may see them: scheme, host and port; https, or http to this machine.
    :returns: an ``ibm_boto3.Session``. Sessions are for one thread; the clients that they make are for all.
    :raises InvalidArgumentError: an origin cannot be used, or there is none.
    """
    guard = _Guard(tokens, Origins(allowed_origins))
    inner = botocore.get_session()
    inner.set_credentials(token_manager=TrustedProfileTokenManager(tokens))
    inner.set_default_client_config(Config(signature_version="oauth"))
    inner.register("before-sign", guard.check)
    inner.register("needs-retry", guard.retry)
    return ibm_boto3.Session(botocore_session=inner)


class _Guard:
    """What looks at every request of a session before it is signed, and at every answer."""

    def __init__(self, tokens: TokenProvider, origins: Origins) -> None:
        self._tokens = tokens
        self._origins = origins

    def check(self, request: Any, **_: object) -> None:
        self._origins.of(request.url)
        request.context[_TOKEN] = self._tokens.token()

    def retry(self, response: Any, request_dict: MutableMapping[str, Any], **_: object) -> float | None:
        """How long ``ibm_boto3`` is to wait before it sends the request again, or nothing if it is not to."""
        context = request_dict["context"]
        token: AccessToken | None = context.get(_TOKEN)
        if token is None or response is None or response[0].status_code != 401 or _REPEATED in context:
            return None
        if replacement(self._tokens, token) is None or not _rewind(request_dict["body"]):
            return None
        context[_REPEATED] = True
        return 0.0


def _rewind(body: Any) -> bool:
    """Has the body begin anew, if it can. ``ibm_boto3`` does the same, but fails where it cannot be done."""
    if body is None or isinstance(body, (str, bytes, bytearray)):
        return True
    try:
        body.seek(0)
    except (AttributeError, OSError, ValueError):
        return False
    return True
