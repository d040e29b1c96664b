"""A garbage collection, at any moment, in which Python code uses the client that is just being used."""

from __future__ import annotations

import faulthandler
import gc
from typing import Any

from trusted_profile import TokenProvider, Vpc
from trusted_profile.errors import InvalidArgumentError

# Says where it hangs.
faulthandler.dump_traceback_later(300, exit=True)
vpc = Vpc(TokenProvider.bearer("a-token"), region="us-south")
seen: set[str] = set()


def collecting(phase: str, _: dict[str, Any]) -> None:
    seen.add(vpc.request("list_vpcs")[1])


def mistaken(operation: str, **arguments: Any) -> None:
    try:
        vpc.request(operation, **arguments)
    except InvalidArgumentError:
        return
    raise AssertionError(operation)


vpc.request("list_vpcs")
gc.callbacks.append(collecting)
gc.set_threshold(1)
for number in range(50):
    mistaken(f"list_vpcz_{number}")
    mistaken("get_vpc")
    mistaken("list_vpcs", limit="many")
gc.set_threshold(0)
gc.callbacks.clear()
assert seen and all("/vpcs" in url for url in seen), seen
