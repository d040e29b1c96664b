"""Where a program's own requests may take a token (rule R19). Native code decides."""

from __future__ import annotations

from .._error import invalid
from .._native import AllowedOrigins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Origins:
    """The origins that a program allows, apart from each other: a redirect from one to the next is one too many."""

    def __init__(self, allowed_origins: Iterable[str]) -> None:
        if isinstance(allowed_origins, (str, bytes)):
            raise invalid(f"allowed_origins: expected a list of origins, got {allowed_origins!r}: put it in brackets")
        self._names = list(allowed_origins)
        self._each = [AllowedOrigins([name]) for name in self._names]
        if not self._each:
            raise invalid('allowed_origins: expected at least one origin, such as "https://us-south.iaas.cloud.ibm.com", got none')

    def of(self, url: str) -> AllowedOrigins:
        """The one origin that ``url`` belongs to.

        :raises InvalidArgumentError: it belongs to none of them.
        """
        for origin in self._each:
            if origin.allows(url):
                return origin
        raise invalid(f"url: {_origin(url)} is not in allowed_origins ({', '.join(self._names)}): nothing was sent")


def _origin(url: str) -> str:
    """For people only: path, query and user information may hold secrets."""
    scheme, separator, rest = url.partition("://")
    for end in "/?#":
        rest = rest.partition(end)[0]
    return f"{scheme}://{rest.rpartition('@')[2]}" if separator else "an address without a scheme"
