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

__all__ = ["AccessToken", "ExternalToken", "Report", "TokenProvider", "TrustedProfileError", "detect", "diagnose"]
__version__ = "0.1.0"
