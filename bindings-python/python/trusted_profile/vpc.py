"""Clients of the VPC API."""

from __future__ import annotations

from ._client import AsyncClient, Client
from ._methods import add_methods
from ._provider import TokenProvider

__all__ = ["AsyncVpc", "Vpc"]


class Vpc(Client):
    """The VPC API of a region; a method for each operation.

    Its settings are those of :class:`Client`, and ``region``, such as ``us-south``.
    """

    _client = "vpc"

    def __init__(
        self,
        tokens: TokenProvider,
        *,
        region: str | None = None,
        endpoint: str | None = None,
        version: str | None = None,
        deadline: float | None = None,
        always_if_match: bool = False,
    ) -> None:
        self._begin_with(tokens, region, endpoint, version, deadline, always_if_match)


class AsyncVpc(AsyncClient):
    """The same as :class:`Vpc`, for tasks of asyncio."""

    _client = "vpc"

    def __init__(
        self,
        tokens: TokenProvider,
        *,
        region: str | None = None,
        endpoint: str | None = None,
        version: str | None = None,
        deadline: float | None = None,
        always_if_match: bool = False,
    ) -> None:
        self._begin_with(tokens, region, endpoint, version, deadline, always_if_match)


add_methods(Vpc)
add_methods(AsyncVpc)
