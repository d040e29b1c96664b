"""Clients of the Kubernetes Service."""

from __future__ import annotations

from ._client import AsyncClient, Client
from ._methods import add_methods

__all__ = ["AsyncContainers", "Containers"]


class Containers(Client):
    """The Kubernetes Service's API for clusters; a method for each operation.

    Its settings are those of :class:`Client`.
    """

    _client = "containers"


class AsyncContainers(AsyncClient):
    """The same as :class:`Containers`, for tasks of asyncio."""

    _client = "containers"


add_methods(Containers)
add_methods(AsyncContainers)
