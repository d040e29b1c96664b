"""Forked children that report through a pipe, and do not outlive their test."""

from __future__ import annotations

import os
import select
import signal
import warnings
from collections.abc import Callable
from time import monotonic

PATIENCE = 60.0
"""Seconds; for slow machines. Exchanges may take longer in these tests, so that a child that waits for its parent's does hang."""


def fork() -> int:
    """``os.fork``. Since 3.12 Python warns of it in a process with threads, which is what is tested here."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        pid = os.fork()
    assert all(warning.category is DeprecationWarning and "fork" in str(warning.message) for warning in told), told
    return pid


class Child:
    """A fork that does ``work``. What that returns, or raises, is its outcome."""

    def __init__(self, work: Callable[[], str]) -> None:
        self._pipe, writing = os.pipe()
        self._pid = fork()
        if self._pid == 0:
            _report(work, writing)
        os.close(writing)

    def outcome(self) -> str:
        """The text, once all of it is there. A child that hangs is ended."""
        text, end = b"", monotonic() + PATIENCE
        try:
            while select.select([self._pipe], [], [], max(end - monotonic(), 0.0))[0]:
                chunk = os.read(self._pipe, 4096)
                if not chunk:
                    return text.decode()
                text += chunk
            os.kill(self._pid, signal.SIGKILL)
            return f"hung for {PATIENCE} s after {text!r}"
        finally:
            os.close(self._pipe)
            os.waitpid(self._pid, 0)


def _report(work: Callable[[], str], writing: int) -> None:
    """Ends the child here: whatever its parent was doing is not for it."""
    try:
        text = work()
    except BaseException as error:
        text = f"{type(error).__name__}: {error}"
    os.write(writing, text.encode())
    os._exit(0)
