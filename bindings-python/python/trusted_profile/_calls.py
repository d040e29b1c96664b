"""What brings calls of operations their tokens, sends for them and waits for them."""

from __future__ import annotations

import os

from ._native import Call, Step
from .errors import DeadlineExceededError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._driver import Driver
    from ._native import AccessToken, Exchange
    from ._provider import TokenProvider

FOREVER = 1e9
"""Seconds. A call keeps its own time."""


class Unit:
    """What a thread does for a call: sends, and reads what the call says next, which may be a large answer."""

    def __init__(self, driver: Driver, call: Call, exchange: Exchange) -> None:
        self.next: Step | None = None
        self.error: BaseException | None = None
        self._driver = driver
        self._call = call
        self._exchange = exchange
        self._process = os.getpid()
        try:
            driver.start(self._run)
        except RuntimeError as error:
            call.fail(exchange.id, "other", f"no thread for an exchange: {error}")
            self.next = call.poll()

    def _run(self) -> None:
        try:
            self._driver.send(self._call, self._exchange)
            self.next = self._call.poll()
        except BaseException as error:
            self.error = error
            raise

    def is_over(self) -> bool:
        """Whether it is, or its thread was left behind in the parent of a fork."""
        return self.next is not None or self.error is not None or os.getpid() != self._process

    def result(self) -> Step:
        """What the call said."""
        if self.next is not None:
            return self.next
        if self._driver.is_closed:
            raise self._driver.closed()
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
            unit = Unit(driver, call, step.exchange)
            driver.wait(unit.is_over, FOREVER)
            step = unit.result()
            continue
        elif isinstance(step, Step.Wait):
            driver.wait(_never, step.at_most)
            if driver.is_closed:
                raise driver.closed()
        elif not isinstance(step, Step.Rejected):
            return _outcome(step)
        else:
            _refused(tokens, used)
        step = call.poll()


async def turn_async(tokens: TokenProvider, call: Call) -> Step.Answer | None:
    """The same for a task. What it sends and reads is sent and read in a thread."""
    import asyncio

    driver, used, step = tokens._driver, None, call.poll()
    while True:
        if isinstance(step, Step.NeedToken):
            wanted = tokens.identity_token_async() if step.is_identity else tokens.token_async()
            try:
                used = await asyncio.wait_for(wanted, call.left)
                call.token(used)
            except (asyncio.TimeoutError, TimeoutError):
                pass
        elif isinstance(step, Step.Send):
            unit = Unit(driver, call, step.exchange)
            await driver.wait_async(unit.is_over, FOREVER)
            step = unit.result()
            continue
        elif isinstance(step, Step.Wait):
            await driver.wait_async(_never, step.at_most)
            if driver.is_closed:
                raise driver.closed()
        elif not isinstance(step, Step.Rejected):
            return _outcome(step)
        else:
            _refused(tokens, used)
        step = call.poll()


def _outcome(step: Step) -> Step.Answer | None:
    if isinstance(step, Step.Failed):
        raise step.error
    return step if isinstance(step, Step.Answer) else None


def _refused(tokens: TokenProvider, used: AccessToken | None) -> None:
    if used is not None:
        tokens.invalidate(used)


def _never() -> bool:
    return False
