"""The token machine without I/O, for a transport, a loop or a framework of your own.

The driver owns the sockets, clocks, sleeping and waking; the machine owns every decision::

    machine = TokenManager({"source": "container", "profile_id": "Profile-..."})
    ticket = Ticket()
    while True:
        match machine.poll(ticket):
            case Action.Ready(token):
                break
            case Action.Send(exchange):
                machine.handle(exchange.id, send(exchange))  # or machine.fail(exchange.id, "dns")
            case Action.NeedFiles(id, paths, max_bytes):
                machine.read_files(id, paths, max_bytes)
            case Action.Wait(at_most):
                time.sleep(at_most)
            case Action.Failed(error):
                raise error

That is all of it for one thread. Where several callers share a machine, each unit of work (``Send``,
``NeedFiles``, ``NeedToken``) runs apart from the caller that got it, and everybody who waits is woken after
every report. A waiter registers *before* it polls, or it misses the report that comes between.

``TokenProvider(..., transport=send)`` has all that and wants only ``send``: a function that takes an
:class:`Exchange` and returns a :class:`Response`, or raises :class:`TransportError`. It must not follow
redirects, must stop reading after ``exchange.max_response_bytes``, must end by ``exchange.timeout``, and uses
the proxies that ``exchange.network`` allows.
"""

from __future__ import annotations

from . import errors  # noqa: F401 - what native code raises; the end of a program is no time to import it
from ._native import Action, Exchange, Now, Response, Ticket, TokenManager

__all__ = ["Action", "Exchange", "Now", "Response", "Ticket", "TokenManager", "TransportError"]


class TransportError(Exception):
    """Why a transport brought no answer.

    ``kind`` is ``dns``, ``refused``, ``unreachable``, ``connect_timeout``, ``read_timeout``, ``proxy``,
    ``tls_expired``, ``tls_name``, ``tls_unknown_issuer``, ``tls``, ``redirect``, ``interrupted``, ``too_large``
    or ``other``; it decides about retrying. ``detail`` is shown in errors and must hold no secret.
    ``reused_connection`` says that the connection had served an earlier request.
    """

    def __init__(self, kind: str, detail: str = "", *, reused_connection: bool = False) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail
        self.reused_connection = reused_connection
