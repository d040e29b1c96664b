"""How many files are committed: a runner that overlooks one has not run them all."""

from __future__ import annotations

import subprocess
from pathlib import Path


def count(folder: Path) -> int:
    """The files below ``folder`` that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z", "."], cwd=folder, capture_output=True, text=True, check=True)
    return listed.stdout.count("\0")
