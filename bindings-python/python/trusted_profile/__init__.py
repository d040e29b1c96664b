"""IAM access tokens for programs on IBM Cloud compute, through trusted profiles: no stored secret.

>>> from trusted_profile import TokenProvider
>>> tokens = TokenProvider.vpc_instance()
>>> headers = {"Authorization": tokens.token().authorization}  # doctest: +SKIP

In a pod: ``TokenProvider.container(profile_id="Profile-...")``. With asyncio: ``await tokens.token_async()``.
Ask for the token before every request: it is cached, refreshed before it ends, and kept in use while a
refresh fails. Errors name their likely causes, most likely first.
"""

from ._doctor import Report, detect, diagnose
from ._error import TrustedProfileError
from ._native import AccessToken, ExternalToken
from ._provider import TokenProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .containers import AsyncContainers, Containers
    from .iam import AsyncIam, Iam
    from .metadata import AsyncMetadata, Metadata
    from .vpc import AsyncVpc, Vpc

__all__ = [
    "AccessToken",
    "AsyncContainers",
    "AsyncIam",
    "AsyncMetadata",
    "AsyncVpc",
    "Containers",
    "ExternalToken",
    "Iam",
    "Metadata",
    "Report",
    "TokenProvider",
    "TrustedProfileError",
    "Vpc",
    "detect",
    "diagnose",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """The clients of services, imported when they are first asked for: whoever only wants tokens is spared them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{name.removeprefix('Async').lower()}"), name)
