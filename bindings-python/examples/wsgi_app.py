"""A web application that is loaded once and then forked.

    TRUSTED_PROFILE_AUTH_TYPE=vpc gunicorn --preload --workers 4 wsgi_app:application
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from trusted_profile import TokenProvider

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# In the parent: its token is there in every worker, and each worker fetches the next one for itself.
tokens = TokenProvider.from_environment()
tokens.token()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    token = tokens.token()
    start_response("200 OK", [("content-type", "text/plain")])
    return [f"worker {os.getpid()} has token {token.generation} of its provider\n".encode()]
