"""The program's own token callback, plain or asynchronous."""

from __future__ import annotations

import threading

from ._error import place
from ._latch import Latch
from ._native import ExternalToken, TokenManager

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from typing import Any


class Callback:
    """Calls it in a thread of its own, so that one that hangs holds up nobody for longer than it may."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self._function = function
        self._call: Latch | None = None

    def provide(self, machine: TokenManager, id: int, timeout: float, loop: asyncio.AbstractEventLoop | None) -> None:
        """Calls it once and reports what it brings. The text of what it raises goes into errors: it must hold no secret."""
        if self._call is not None:
            machine.provide_failure(id, "the previous call of the callback has not returned")
            return
        outcome: list[ExternalToken | str] = []
        done = self._call = Latch()

        def call() -> None:
            try:
                outcome.append(_external_token(self._result(timeout, loop)))
            except BaseException as error:
                outcome.append(_words(error))
            finally:
                self._call = None
                done.open()

        try:
            threading.Thread(target=call, name="trusted-profile-callback", daemon=True).start()
        except RuntimeError as error:
            self._call = None
            machine.provide_failure(id, f"no thread for the callback: {error}")
            return
        if not done.wait(timeout) or not outcome:
            machine.provide_failure(id, f"it took longer than {timeout:.1f} s")
        elif isinstance(outcome[0], str):
            machine.provide_failure(id, outcome[0])
        else:
            machine.provide_token(id, outcome[0])

    def close(self) -> None:
        """Waits no longer for a call that is under way."""
        call = self._call
        if call is not None:
            call.open()

    def after_fork(self) -> None:
        """In a child, no call is under way."""
        self._call = None

    def _result(self, timeout: float, loop: asyncio.AbstractEventLoop | None) -> Any:
        result = self._function()
        if not hasattr(result, "__await__"):
            return result
        import asyncio

        async def awaited() -> Any:
            return await asyncio.wait_for(result, timeout)

        call = awaited()
        if loop is not None and loop.is_running():
            # On the loop of the task that asked, where the callback's own clients live.
            try:
                future = asyncio.run_coroutine_threadsafe(call, loop)
            except RuntimeError:
                # It was closed in between.
                pass
            else:
                return future.result(timeout)
        return asyncio.run(call)


def _words(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}{place(error)}"
    except Exception:
        # It has no text.
        return f"{type(error).__name__}{place(error)}"


def _external_token(result: Any) -> ExternalToken:
    if isinstance(result, ExternalToken):
        return result
    if isinstance(result, tuple) and len(result) == 2:
        return ExternalToken(*result)
    raise TypeError(f"expected an ExternalToken or a pair of token and seconds, got {type(result).__name__}")
