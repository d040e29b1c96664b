"""A WSGI application that has fetched a token when its workers are forked, and is in the middle of another fetch."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from trusted_profile import AccessToken, TokenProvider

tokens = TokenProvider.vpc_instance(endpoint=os.environ["METADATA_URL"])
# Its first exchange outlasts the program.
policy = {"link_local": {"connect": 5, "attempt": 600, "round": 600}}
late = TokenProvider.vpc_instance(endpoint=os.environ["LATE_METADATA_URL"], policy=policy)
master = os.getpid()
of_master = tokens.token().value
threading.Thread(target=late.token, daemon=True).start()
while not any(slot["fetching"] for slot in late.describe()["slots"]):
    time.sleep(0.001)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    provider = late if environ["PATH_INFO"] == "/late" else tokens
    if environ["PATH_INFO"] == "/refused":
        provider.invalidate()
    body = json.dumps(facts(provider, provider.token(timeout=20))).encode()
    start_response("200 OK", [("content-type", "application/json"), ("content-length", str(len(body)))])
    return [body]


def facts(provider: TokenProvider, token: AccessToken) -> dict[str, Any]:
    return {
        "worker": os.getpid(),
        "is_forked": os.getpid() != master,
        "is_of_master": token.value == of_master,
        "fingerprint": hashlib.sha256(token.value.encode()).hexdigest(),
        "transport": provider.describe()["transport"],
    }
