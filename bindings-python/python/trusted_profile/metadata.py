"""Clients of the metadata service."""

from __future__ import annotations

from ._client import AsyncClient, Client
from ._methods import add_methods

__all__ = ["AsyncMetadata", "Metadata"]


class Metadata(Client):
    """The metadata service of this instance, with its identity token; a method for each operation.

    It is called where and as the provider asks for its tokens. A bare metal server has identity operations alone.
    """

    _client = "metadata"


class AsyncMetadata(AsyncClient):
    """The same as :class:`Metadata`, for tasks of asyncio."""

    _client = "metadata"


add_methods(Metadata)
add_methods(AsyncMetadata)
