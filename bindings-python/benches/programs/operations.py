"""A page of 1,000 instances: milliseconds from the call to the dictionary."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Callable
from importlib import import_module

from .callers import show

CALLS = 5


def main(side: str, url: str) -> None:
    address = f"{url}/v1"
    figures = {"page_ms": _milliseconds(_ours(address) if side == "ours" else _peer(address))}
    if side == "ours":
        figures["page_standard_ms"] = _milliseconds(_standard(address))
    show(figures)


def _milliseconds(page: Callable[[], object]) -> list[float]:
    # The first call fetches what the others have.
    assert _count(page()) == 1000
    samples = []
    for _ in range(CALLS):
        start = time.perf_counter()
        page()
        samples.append((time.perf_counter() - start) * 1000)
    return samples


def _count(page: object) -> int:
    return len(page["instances"]) if isinstance(page, dict) else 0


def _ours(address: str) -> Callable[[], object]:
    package = import_module("trusted_profile")
    vpc = package.Vpc(package.TokenProvider.bearer("a-token"), endpoint=address)
    return lambda: vpc.list_instances(limit=1000)


def _peer(address: str) -> Callable[[], object]:
    authenticators, client = import_module("ibm_cloud_sdk_core.authenticators"), import_module("ibm_vpc")
    vpc = client.VpcV1(authenticator=authenticators.BearerTokenAuthenticator("a-token"))
    vpc.set_service_url(address)
    return lambda: vpc.list_instances(limit=1000).get_result()


def _standard(address: str) -> Callable[[], object]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"{address}/instances?limit=1000", headers={"authorization": "Bearer a-token"})

    def page() -> object:
        with opener.open(request, timeout=60) as answer:
            return json.load(answer)

    return page


if __name__ == "__main__":
    main(*sys.argv[1:])
