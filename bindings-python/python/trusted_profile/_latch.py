"""What a thread, greenlet or task waits for."""

from __future__ import annotations

import _thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Latch:
    """For one or more to wait at.

    A bare lock, where an :class:`threading.Event` has several steps under a lock of its own: a signal handler
    that opened it while its own thread was at one of them would wait for ever, and so would a child of ``fork``
    whose parent had another thread there.
    """

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        self._lock.acquire()

    def open(self) -> None:
        """Lets pass whoever waits, or comes later. Can be called more than once."""
        try:
            self._lock.release()
        except RuntimeError:
            # It is open already.
            pass

    def wait(self, seconds: float) -> bool:
        """Whether it was opened within that time. Signals are served meanwhile."""
        if not self._lock.acquire(timeout=min(max(seconds, 0.0), _thread.TIMEOUT_MAX)):
            return False
        # For whoever else waits.
        self.open()
        return True


class Waited:
    """What a call waits for; of itself just that time goes by."""

    wake: Callable[[], object]
    """Set by whoever waits."""

    def is_over(self) -> bool:
        """Whether there is nothing to wait for any more."""
        return False
