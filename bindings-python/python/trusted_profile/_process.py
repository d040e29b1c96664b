"""What providers owe their process: an orderly end, and a fresh start after ``fork``."""

from __future__ import annotations

import atexit
import os
import weakref
from _thread import RLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._driver import Driver

_drivers: weakref.WeakSet[Driver] = weakref.WeakSet()

making = RLock()
"""Held while a driver is made, and with it everything imported that it will need. A fork waits for that: what
another thread is just importing can never be imported in the child."""


def register(driver: Driver) -> None:
    """Has the driver told of forks and of the end."""
    _drivers.add(driver)


def _end_all() -> None:
    with making:
        drivers = list(_drivers)
    for driver in drivers:
        driver.end()


def _before_fork() -> None:
    making.acquire()


def _after_fork_in_parent() -> None:
    making.release()


def _after_fork_in_child() -> None:
    global making
    making = RLock()
    for driver in list(_drivers):
        driver.after_fork()


# When the package is imported: what the program registers later runs earlier, and may still want tokens.
atexit.register(_end_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
