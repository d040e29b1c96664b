"""A program that is told on standard input which tokens to fetch, and shows what it got. It is started with an
environment of the test's making."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import trusted_profile
from trusted_profile import TokenProvider, TrustedProfileError

Wish = dict[str, Any]
"""Options of a source by their names, of which ``source`` names the kind, and those of the provider in ``with``."""


def fetch(wishes: list[Wish], environment: Mapping[str, str], control: str = "") -> list[dict[str, Any]]:
    """What a process of its own gets for each: ``token``, or ``error`` and ``text``. It asks for ``control`` by
    the standard library first."""
    path = f"{Path(trusted_profile.__file__).parents[1]}:{Path(__file__).parent}"
    given = json.dumps({"wishes": wishes, "control": control})
    command = [sys.executable, "-S", __file__]
    done = subprocess.run(command, input=given, env={"PYTHONPATH": path, **environment}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    outcome: list[dict[str, Any]] = json.loads(done.stdout)
    return outcome


def _outcome(wish: Wish) -> dict[str, Any]:
    options = dict(wish)
    try:
        with TokenProvider(options, **options.pop("with")) as tokens:
            return {"token": tokens.token().value}
    except TrustedProfileError as error:
        return {"error": error.code, "text": str(error), "attempts": error.attempts}


def main() -> None:
    given = json.load(sys.stdin)
    if given["control"]:
        urlopen(given["control"], timeout=30).close()
    print(json.dumps([_outcome(wish) for wish in given["wishes"]]))


if __name__ == "__main__":
    main()
