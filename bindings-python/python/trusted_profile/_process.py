"""What providers owe their process: an orderly end, and a fresh start after ``fork``."""

from __future__ import annotations

import atexit
import os
import weakref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._driver import Driver

_drivers: weakref.WeakSet[Driver] = weakref.WeakSet()


def register(driver: Driver) -> None:
    """Has the driver told of forks and of the end."""
    _drivers.add(driver)


def _close_all() -> None:
    # Before the interpreter goes: a thread that comes back to find none would take the process down.
    for driver in list(_drivers):
        driver.close()


def _after_fork() -> None:
    for driver in list(_drivers):
        driver.after_fork()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
