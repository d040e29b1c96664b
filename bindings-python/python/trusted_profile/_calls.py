"""What brings calls of operations their tokens, sends for them and waits for them."""

from __future__ import annotations

import os

from ._latch import Waited
from ._native import Call, Step
from .errors import DeadlineExceededError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._driver import Driver
    from ._native import AccessToken, Exchange
    from ._provider import TokenProvider

LEASE = 3.0
"""Seconds past its timeout after which the call itself gives an exchange up (``Limits.lease_margin``), and a little more."""


class Unit(Waited):
    """What a thread does for a call: sends, and reads what the call says next, which may be a large answer."""

    def __init__(self, driver: Driver, call: Call, exchange: Exchange, *, in_pieces: bool) -> None:
        self.next: Step | None = None
        self.patience = exchange.timeout + LEASE
        self.wake = _nobody
        self._driver = driver
        self._call = call
        self._exchange = exchange
        # So that a loop has its turns while a large answer is made.
        self._in_pieces = in_pieces
        self._has_failed = False
        self._process = os.getpid()
        self._asks: dict[str, str] = {}
        try:
            driver.start(self._run)
        except RuntimeError as error:
            call.fail(exchange.id, "other", f"no thread for an exchange: {error}")
            self.next = call.poll()

    def _run(self) -> None:
        try:
            self._driver.send(self._call, self._exchange)
            # Unless the caller has given it up, and asks for itself.
            if self._asks.setdefault("next", "thread") == "thread":
                self.next = self._call.poll(self._in_pieces)
        except BaseException:
            self._has_failed = True
            raise
        finally:
            self.wake()

    def is_over(self) -> bool:
        """Whether it is, or its thread was left behind in the parent of a fork."""
        return self.next is not None or self._has_failed or os.getpid() != self._process

    def result(self) -> Step | None:
        """What the call said. ``None``: its thread is still at the answer."""
        if self._driver.is_closed and not isinstance(self.next, (Step.Answer, Step.End)):
            raise self._driver.closed()
        if self.next is not None:
            return self.next
        if not self.is_over() and self._asks.setdefault("next", "caller") == "thread":
            return None
        self._call.abandon(self._exchange.id)
        return self._call.poll()


def turn(tokens: TokenProvider, call: Call) -> Step.Answer | None:
    """One answer: the only one of a call, or the next page. ``None``: there are no more."""
    driver, used, step = tokens._driver, None, call.poll()
    while True:
        if isinstance(step, Step.NeedToken):
            try:
                used = tokens.identity_token(call.left) if step.is_identity else tokens.token(call.left)
                call.token(used)
            except DeadlineExceededError:
                # Told by the call itself.
                pass
        elif isinstance(step, Step.Send):
            unit, said = Unit(driver, call, step.exchange, in_pieces=False), None
            while said is None:
                driver.wait(unit, unit.patience)
                said = unit.result()
            step = said
            continue
        elif isinstance(step, Step.Wait):
            driver.wait(Waited(), step.at_most)
            if driver.is_closed:
                raise driver.closed()
        elif not isinstance(step, Step.Rejected):
            return _outcome(call, step)
        else:
            _refused(tokens, used)
        step = call.poll()


async def turn_async(tokens: TokenProvider, call: Call) -> Step.Answer | None:
    """The same for a task. What it sends and reads is sent and read in a thread."""
    driver, used, step = tokens._driver, None, call.poll()
    while True:
        if isinstance(step, Step.NeedToken):
            try:
                ready = None if step.is_identity else tokens._ready()
                used = ready or await driver.fetch_async("identity" if step.is_identity else None, call.left)
                call.token(used)
            except DeadlineExceededError:
                pass
        elif isinstance(step, Step.Send):
            unit, said = Unit(driver, call, step.exchange, in_pieces=True), None
            while said is None:
                await driver.wait_async(unit, unit.patience)
                said = unit.result()
            step = said
            continue
        elif isinstance(step, Step.Wait):
            await driver.wait_async(Waited(), step.at_most)
            if driver.is_closed:
                raise driver.closed()
        elif not isinstance(step, Step.Rejected):
            return _outcome(call, step)
        else:
            _refused(tokens, used)
        step = call.poll()


def _outcome(call: Call, step: Step) -> Step.Answer | None:
    call.taken()
    if isinstance(step, Step.Failed):
        raise step.error
    return step if isinstance(step, Step.Answer) else None


def _refused(tokens: TokenProvider, used: AccessToken | None) -> None:
    if used is not None:
        tokens.invalidate(used)


def _nobody() -> None:
    """Waits yet."""
