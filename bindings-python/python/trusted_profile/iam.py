"""Clients of IAM."""

from __future__ import annotations

from ._client import AsyncClient, Client
from ._methods import add_methods

__all__ = ["AsyncIam", "Iam"]


class Iam(Client):
    """IAM: identities, trusted profiles, policies, access groups and tokens; a method for each operation.

    What two of its services have goes by the service as well, such as ``iam_identity_get_account_settings``.
    """

    _client = "iam"


class AsyncIam(AsyncClient):
    """The same as :class:`Iam`, for tasks of asyncio."""

    _client = "iam"


add_methods(Iam)
add_methods(AsyncIam)
