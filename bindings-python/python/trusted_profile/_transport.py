"""Which transport a provider uses."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from ._native import Exchange
    from .sansio import Response
    from .types import Transport


def choose(
    transport: Transport | None, ca_bundle: str | PathLike[str] | None, private_proxy: str | None
) -> tuple[str, Callable[[Exchange], Response] | None]:
    """The transport's name, and its function unless it is native."""
    if transport is None:
        patched_by = _patched_by()
        transport = "native" if patched_by is None else "python"
    if transport == "native":
        return "native", None
    if transport == "python":
        from ._http import PythonTransport

        return "python", PythonTransport(ca_bundle, private_proxy)
    if callable(transport):
        return getattr(transport, "__qualname__", type(transport).__qualname__), transport
    raise AssertionError(transport)


def _patched_by() -> str | None:
    """Who made the standard library's sockets cooperate: a native thread would hold up all of its greenlets."""
    gevent = sys.modules.get("gevent.monkey")
    if gevent is not None and gevent.is_module_patched("socket"):
        return "gevent"
    eventlet = sys.modules.get("eventlet.patcher")
    if eventlet is not None and eventlet.is_monkey_patched("socket"):
        return "eventlet"
    return None
