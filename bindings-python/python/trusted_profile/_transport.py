"""Which transport a provider uses."""

from __future__ import annotations

import sys

from . import _process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from ._http import PythonTransport
    from ._native import Exchange
    from .sansio import Response
    from .types import Transport


class Transports:
    """The transport of a provider. Where none is named it is chosen for each exchange: a server may load the program
    first and patch the standard library later.
    """

    def __init__(self, named: Transport | None, ca_bundle: str | PathLike[str] | None, private_proxy: str | None) -> None:
        self._named = named

        def make() -> PythonTransport:
            from ._http import PythonTransport

            return PythonTransport(ca_bundle, private_proxy)

        # Not the proxy's address itself, which may hold a password.
        self._make = make
        self._in_python: PythonTransport | None = None
        # What it needs is imported now.
        self.function()

    @property
    def name(self) -> str:
        """``native``, ``python``, or the name of the program's own."""
        if self._named is None:
            return "native" if _patched_by() is None else "python"
        if isinstance(self._named, str):
            return self._named
        return str(getattr(self._named, "__qualname__", type(self._named).__qualname__))

    def function(self) -> Callable[[Exchange], Response] | None:
        """What sends an exchange, unless that is the native one."""
        if self._named is not None and not isinstance(self._named, str):
            return self._named
        if self.name == "native":
            return None
        if self._in_python is None:
            with _process.making:
                self._in_python = self._in_python or self._make()
        return self._in_python

    def close(self) -> None:
        """Ends what is under way."""
        for transport in (self._in_python, self._named):
            close = getattr(transport, "close", None)
            if close is not None:
                close()

    def after_fork(self) -> None:
        """In a child, nothing is under way."""
        if self._in_python is not None:
            self._in_python.after_fork()


def _patched_by() -> str | None:
    """Who made the standard library's sockets cooperate: a native thread would hold up all of its greenlets."""
    gevent = sys.modules.get("gevent.monkey")
    if gevent is not None and gevent.is_module_patched("socket"):
        return "gevent"
    eventlet = sys.modules.get("eventlet.patcher")
    if eventlet is not None and eventlet.is_monkey_patched("socket"):
        return "eventlet"
    return None
