"""Names for annotations. Nothing else needs this module, and it takes time to import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from os import PathLike
from typing import Any, TypedDict, Union

from ._native import Exchange, ExternalToken, Response

__all__ = ["Common", "Event", "Options", "Token", "TokenCallback", "Transport"]

Options = Mapping[str, Any]
"""The options of a source, or the knobs of a policy, by their names."""

Event = Mapping[str, Any]
"""Something that happened: ``event`` is its name, such as ``refresh_failed``; times are in seconds."""

Token = Union[ExternalToken, tuple[str, float]]
"""What a callback brings: a token, and its remaining life in seconds."""

TokenCallback = Union[Callable[[], Token], Callable[[], Awaitable[Token]]]
"""The program's own callback of an ``external`` source, plain or ``async``."""

Transport = Union[str, Callable[[Exchange], Response]]
"""``"native"``, ``"python"``, or a function of the program's own."""


class Common(TypedDict, total=False):
    """What every constructor takes, beside the options of its source."""

    policy: Options | None
    ca_bundle: str | PathLike[str] | None
    private_proxy: str | None
    transport: Transport | None
    on_event: Callable[[Event], object] | None
