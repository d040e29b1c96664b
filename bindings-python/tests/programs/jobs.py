"""Tasks of Celery that need tokens. The provider is the module's, and has fetched before the workers are forked."""

from __future__ import annotations

import hashlib
import os
from typing import Any

from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded

from trusted_profile import TokenProvider

folder = os.environ["CELERY_FOLDER"]
app = Celery("jobs", broker="filesystem://", backend=f"file://{folder}/results")
app.conf.broker_transport_options = {name: f"{folder}/messages" for name in ("data_folder_in", "data_folder_out")}
app.conf.broker_transport_options["control_folder"] = f"{folder}/control"
app.conf.broker_connection_retry_on_startup = True
app.conf.worker_prefetch_multiplier = 1

# Attempts end soon, rounds do not.
policy = {"link_local": {"connect": 1, "attempt": 2, "round": 600}, "max_attempts": 100, "invalidate_window": 0}
tokens = TokenProvider.vpc_instance(endpoint=os.environ["METADATA_URL"], policy=policy)
tokens.token()


@app.task(name="fingerprint")  # type: ignore[untyped-decorator]
def fingerprint() -> dict[str, Any]:
    token = tokens.token()
    return {"worker": os.getpid(), "fingerprint": hashlib.sha256(token.value.encode()).hexdigest(), "generation": token.generation}


@app.task(name="wait", soft_time_limit=1)  # type: ignore[untyped-decorator]
def wait() -> str:
    try:
        tokens.invalidate()
        tokens.token()
    except SoftTimeLimitExceeded:
        return "interrupted"
    return "had a token"
