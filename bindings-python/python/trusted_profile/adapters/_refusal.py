"""What follows when a service refuses a token with 401."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._native import AccessToken
    from .._provider import TokenProvider


def replacement(tokens: TokenProvider, refused: AccessToken) -> AccessToken | None:
    """Drops the token that was refused; the one to try next, if it is another one.

    :raises TrustedProfileError: there is no token any more. It says why, which the 401 does not.
    """
    tokens.invalidate(refused)
    return _newer(tokens.token(), refused)


async def replacement_async(tokens: TokenProvider, refused: AccessToken) -> AccessToken | None:
    """The same for a task of asyncio."""
    tokens.invalidate(refused)
    return _newer(await tokens.token_async(), refused)


def _newer(token: AccessToken, refused: AccessToken) -> AccessToken | None:
    return token if token.generation != refused.generation else None
