"""What ran it, and how fast that is: absolute figures mean little without."""

from __future__ import annotations

import datetime
import os
import platform
import re
from pathlib import Path

from . import Results
from .samples import middle
from .sides import Side


def describe(ours: Side, peer: Side, command: str) -> dict[str, str]:
    """The surroundings of a run, before it begins."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "command": command,
        "processor": f"{os.cpu_count()} x {_processor()}",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}, {' '.join(platform.libc_ver())}",
        "interpreter": f"{platform.python_implementation()} {platform.python_version()}",
        "load": "{:.2f} on average in the minute before".format(os.getloadavg()[0]),
        "ours": ", ".join(ours.distributions),
        "peer": ", ".join(peer.distributions),
    }


def calibration(results: Results) -> str:
    """How fast this machine is, in two figures that neither side has a part in."""
    bare, call = middle(results["bare"]["bare"]), middle(results["empty_call_ns"]["ours"])
    return f"`python -c pass` takes {bare:.1f} ms, a call of a method in C that does nothing {call:.0f} ns"


def _processor() -> str:
    try:
        named = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        named = None
    return named[1].strip() if named else platform.processor() or "unknown"
