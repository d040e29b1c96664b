"""What waits, wakes and runs for a machine: one driver for threads, tasks and greenlets alike.

The machine itself is native and its calls are atomic. The contract is that of :mod:`trusted_profile.sansio`:
whoever waits registers before it polls; every fetch runs in a short thread of its own, so that a caller that gives up
harms nobody; whoever may have something to do is woken after every report.
"""

from __future__ import annotations

import _thread
import sys
from time import monotonic

from . import _log, _process
from ._error import place
from ._latch import Latch, Waited
from ._native import AccessToken, Action, Call, Exchange, Sender, Ticket, TokenManager
from .errors import ClosedError, DeadlineExceededError
from .sansio import TransportError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping
    from typing import Any

    from ._callback import Callback
    from ._transport import Transports


class Driver:
    """The driver of one provider."""

    def __init__(
        self,
        machine: TokenManager,
        sender: Sender,
        transports: Transports,
        callback: Callback | None,
        on_event: Callable[[Mapping[str, Any]], object] | None,
    ) -> None:
        self.machine = machine
        self.transports = transports
        self.on_event = on_event
        self.is_closed = False
        self._has_ended = False
        self._sender = sender
        self._callback = callback
        self._waiters: dict[Ticket, tuple[str | None, Callable[[], object]]] = {}
        self._units: dict[Latch, int] = {}
        self._turn: dict[str, object] = {}
        _process.register(self)

    def fetch(self, slot: str | None, timeout: float | None) -> AccessToken:
        """A token for a caller that blocks. Signals are served meanwhile."""
        deadline = None if timeout is None else monotonic() + timeout
        ticket = Ticket()
        try:
            while True:
                woken = Latch()
                self._waiters[ticket] = (slot, woken.open)
                at_most = self._step(ticket, slot, None)
                if isinstance(at_most, AccessToken):
                    return at_most
                if at_most is None:
                    continue
                left = at_most if deadline is None else min(at_most, deadline - monotonic())
                if left <= 0 < at_most:
                    raise _late(timeout)
                woken.wait(left)
        finally:
            self._leave(ticket)

    async def fetch_async(self, slot: str | None, timeout: float | None = None) -> AccessToken:
        """A token for a task. Nothing in it blocks the loop."""
        import asyncio

        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else monotonic() + timeout
        ticket = Ticket()
        try:
            while True:
                woken: asyncio.Future[None] = loop.create_future()
                self._waiters[ticket] = (slot, _waking(loop, woken))
                at_most = self._step(ticket, slot, loop)
                if isinstance(at_most, AccessToken):
                    return at_most
                if at_most is None:
                    continue
                left = at_most if deadline is None else min(at_most, deadline - monotonic())
                if left <= 0 < at_most:
                    raise _late(timeout)
                await asyncio.wait((woken,), timeout=left)
        finally:
            self._leave(ticket)

    def _step(self, ticket: Ticket, slot: str | None, loop: asyncio.AbstractEventLoop | None) -> AccessToken | float | None:
        """One poll: a token, or how long to wait, or nothing when work was begun."""
        if self._has_ended:
            raise self.closed()
        # Whoever is woken after the first finds what that one was handed out.
        ready = self.machine.ready() if slot is None else None
        if ready is not None:
            return ready
        action = self.machine.poll(ticket, slot)
        if isinstance(action, Action.Ready) and not self.is_closed:
            self._begin(self.machine.poll_refresh(), None, None, loop)
        elif isinstance(action, (Action.Send, Action.NeedFiles, Action.NeedToken)) and not self.is_closed:
            self._begin(action, ticket, slot, loop)
            ticket.taken()
        # After that, since the program's handler may take its time, and may want a token itself.
        self._tell()
        if isinstance(action, Action.Ready):
            return action.token
        if self.is_closed:
            raise self.closed()
        if isinstance(action, Action.Wait):
            return action.at_most
        if isinstance(action, Action.Failed):
            # One failed round answers all its callers, each with an error of its own to raise.
            raise action.error
        return None

    def closed(self) -> ClosedError:
        """Why there is nothing any more."""
        message = "the provider was closed"
        if self._has_ended:
            _let_the_program_end()
            message = "the program is ending"
        return ClosedError(f"closed: {message}", {"message": message, "kind": "local"})

    def _leave(self, ticket: Ticket) -> None:
        if ticket.handed_out is not None:
            # Interrupted between the poll and the start of its work.
            self.machine.abandon(ticket.handed_out)
            self.wake()
        self._waiters.pop(ticket, None)

    def _begin(self, work: Action | None, ticket: Ticket | None, slot: str | None, loop: asyncio.AbstractEventLoop | None) -> None:
        """Has a thread of its own do the work that the caller with this ticket was given, or a volunteer."""
        if work is None:
            return
        try:
            # Not a `threading.Thread`: a signal could end a caller at any of the steps that starting one takes, and
            # a program without threads has not imported them.
            _thread.start_new_thread(self._run, (work, ticket, slot, loop))
        except RuntimeError as error:
            self.machine.fail(_id(work), "other", f"no thread for an exchange: {error}")
            self.wake()

    def _run(self, work: Action | None, ticket: Ticket | None, slot: str | None, loop: asyncio.AbstractEventLoop | None) -> None:
        """A unit of work, and all that follows from it at once."""
        # Entered here, since a thread that does not run yet cannot be waited for.
        done = Latch()
        self._units[done] = _thread.get_ident()
        try:
            while work is not None:
                self._perform(work, loop)
                work = self._next(ticket, slot)
            # At the end, since the program's handler may take its time.
            self._tell()
        except BaseException:
            # What ends this thread from outside is no failure of the service: another one does the work.
            if work is not None:
                self.machine.abandon(_id(work))
            self.wake()
            raise
        finally:
            # Not there in a child that was forked from within.
            self._units.pop(done, None)
            done.open()

    def _next(self, ticket: Ticket | None, slot: str | None) -> Action | None:
        """What is to be done next, by whoever just reported: a herd that is woken for it would be in its way."""
        work = None
        if not self.is_closed:
            work = self.machine.poll_refresh() if ticket is None else self.machine.proceed(ticket, slot)
        if work is None or ticket is None:
            self.wake()
        else:
            self._wake_others(slot)
        return work

    def _perform(self, work: Action, loop: asyncio.AbstractEventLoop | None) -> None:
        """Does it and reports, or reports why not."""
        machine = self.machine
        try:
            if self.is_closed:
                machine.abandon(_id(work))
            elif isinstance(work, Action.Send):
                _log.request(work.exchange)
                send = self.transports.function()
                if send is None:
                    self._sender.perform(machine, work.exchange)
                else:
                    machine.handle(work.exchange.id, send(work.exchange))
            elif isinstance(work, Action.NeedFiles):
                machine.read_files(work.id, work.paths, work.max_bytes)
            elif isinstance(work, Action.NeedToken) and self._callback is not None:
                self._callback.provide(machine, work.id, work.timeout, loop)
        except TransportError as error:
            machine.fail(_id(work), error.kind, error.detail, reused_connection=error.reused_connection)
        except Exception as error:
            machine.fail(_id(work), "other", f"the transport raised {type(error).__name__}{place(error)}")

    # For calls of operations, which have machines of their own.

    def start(self, work: Callable[[], object]) -> None:
        """Has a thread of its own do something."""
        _thread.start_new_thread(self._work, (work,))

    def _work(self, work: Callable[[], object]) -> None:
        done = Latch()
        self._units[done] = _thread.get_ident()
        try:
            work()
        finally:
            self._units.pop(done, None)
            done.open()

    def wait(self, waited: Waited, at_most: float) -> None:
        """Waits until it is over, so many seconds have passed, or the provider is closed. Signals are served meanwhile."""
        ticket, end = Ticket(), monotonic() + at_most
        try:
            while True:
                woken = Latch()
                self._waiters[ticket] = (None, woken.open)
                waited.wake = woken.open
                left = end - monotonic()
                if waited.is_over() or self.is_closed or left <= 0:
                    return
                woken.wait(left)
        finally:
            self._waiters.pop(ticket, None)

    async def wait_async(self, waited: Waited, at_most: float) -> None:
        """The same for a task."""
        import asyncio

        loop = asyncio.get_running_loop()
        ticket, end = Ticket(), monotonic() + at_most
        try:
            while True:
                woken: asyncio.Future[None] = loop.create_future()
                wake = _waking(loop, woken)
                self._waiters[ticket] = (None, wake)
                waited.wake = wake
                left = end - monotonic()
                if waited.is_over() or self.is_closed or left <= 0:
                    return
                await asyncio.wait((woken,), timeout=left)
        finally:
            self._waiters.pop(ticket, None)

    def send(self, call: Call, exchange: Exchange) -> None:
        """Sends what a call asks for in this thread, and reports."""
        try:
            if self.is_closed:
                call.abandon(exchange.id)
                return
            _log.request(exchange)
            send = self.transports.function()
            if send is None:
                self._sender.perform_call(call, exchange)
            else:
                call.handle(exchange.id, send(exchange))
        except TransportError as error:
            call.fail(exchange.id, error.kind, error.detail, reused_connection=error.reused_connection)
        except Exception as error:
            call.fail(exchange.id, "other", f"the transport raised {type(error).__name__}{place(error)}")
        except BaseException:
            call.abandon(exchange.id)
            raise

    def wake(self) -> None:
        """Has everybody who waits poll again."""
        for _, wake in list(self._waiters.values()):
            wake()

    def _wake_others(self, slot: str | None) -> None:
        """Everybody but those who wait for the token of this step, which is being fetched."""
        for other, wake in list(self._waiters.values()):
            if other != slot:
                wake()

    def _tell(self) -> None:
        """Tells what happened, one at a time and in order, in whichever thread comes by."""
        mine, turn = object(), self._turn
        # Asked again after the turn is given back: what came meanwhile was left to this thread.
        while self.machine.has_events:
            # An interruption may come at any point, so whose turn it is can be seen at any point.
            try:
                if turn.setdefault("teller", mine) is not mine:
                    return
                event = self.machine.poll_event()
                if event is not None:
                    self._tell_one(event)
            finally:
                if turn.get("teller") is mine:
                    del turn["teller"]

    def _tell_one(self, event: Mapping[str, Any]) -> None:
        _log.event(event)
        if self.on_event is not None:
            try:
                self.on_event(event)
            except Exception:
                _log.handler_failed()

    def close(self) -> None:
        """Ends what is under way, and waits for its threads."""
        self._begin_to_close()
        self._outlast(5.0)

    async def close_async(self) -> None:
        """The same, with nothing that blocks the loop."""
        self._begin_to_close()
        if self._units:
            import asyncio

            await asyncio.to_thread(self._outlast, 5.0)

    def end(self) -> None:
        """The same when the program ends. Whoever still waits is in a daemon thread, and is left waiting."""
        # In this order, so that whoever finds it closed knows why.
        self._has_ended = self.is_closed = True
        self._stop()
        self._outlast(1.0)

    def _begin_to_close(self) -> None:
        self.is_closed = True
        self._stop()
        self.wake()

    def _stop(self) -> None:
        self._sender.close()
        self.transports.close()
        if self._callback is not None:
            self._callback.close()

    def _outlast(self, patience: float) -> None:
        """A transport of the program's own may be stuck for good."""
        end = monotonic() + patience
        for done, thread in list(self._units.items()):
            if thread != _thread.get_ident():
                done.wait(end - monotonic())

    def after_fork(self) -> None:
        """In a child: its parent's callers, threads and locks are not its own. Tokens stay."""
        # The thread that forked may itself be a caller that waits, and goes on in the child.
        self.wake()
        self._waiters = {}
        self._units = {}
        self._turn = {}
        self.transports.after_fork()
        if self._callback is not None:
            self._callback.after_fork()


def _id(work: Action) -> int:
    return work.exchange.id if isinstance(work, Action.Send) else int(getattr(work, "id"))


def _waking(loop: asyncio.AbstractEventLoop, woken: asyncio.Future[None]) -> Callable[[], None]:
    def wake() -> None:
        try:
            loop.call_soon_threadsafe(_resolve, woken)
        except RuntimeError:
            # The loop is closed, and its tasks with it.
            pass

    return wake


def _resolve(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)


def _let_the_program_end() -> None:
    """A daemon thread does not see the end, and an error would only be shown to somebody who did nothing wrong. It
    gets one after all where something that is done at the end waits for this thread.
    """
    # A program that has not imported it has no daemon threads.
    threading = sys.modules.get("threading")
    if threading is not None and threading.current_thread() is not threading.main_thread():
        Latch().wait(5.0)


def _late(timeout: float | None) -> DeadlineExceededError:
    message = f"no token within the {timeout or 0:g} s that the caller allowed; the fetch goes on"
    return DeadlineExceededError(f"deadline_exceeded: {message}", {"message": message, "kind": "unreachable"})
