"""Measures both sides, prints the table, and writes what it is told to write.

Run it with a Python that has ``ibm-cloud-sdk-core`` installed. ``TRUSTED_PROFILE_WHEEL`` names our wheel.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from . import Results, inside, machine, page, sides, starts
from .budgets import judge
from .stub import Stub


def main() -> int:
    """Runs it; 1 if a budget was to be held and is not."""
    parser = argparse.ArgumentParser(prog="python -m benches", description="The Python package beside ibm-cloud-sdk-core.")
    parser.add_argument("--check", action="store_true", help="fail where a budget is missed")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="of each process (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write every sample there")
    parser.add_argument("--page", metavar="FILE", help="write the section for people there")
    parser.add_argument("--command", default="python -m benches", help="how people run it, for the page")
    given = parser.parse_args()
    # Paths are the caller's; what is measured runs in a folder of its own.
    written = {name: Path(path).absolute() for name, path in (("page", given.page), ("json", given.json)) if path is not None}

    surroundings, results = _measure(given.rounds, given.command)
    text = page.write(surroundings, results)
    print(text)
    for name, path in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if name == "page":
            page.place(path, text)
        else:
            path.write_text(json.dumps({"surroundings": surroundings, "samples": results}, indent=1) + "\n", encoding="utf-8")
    return _check(surroundings, results) if given.check else 0


def _measure(rounds: int, command: str) -> tuple[dict[str, str], Results]:
    folder = Path(tempfile.mkdtemp(prefix="trusted-profile-bench-"))
    try:
        ours, peer, peer_client = sides.ours(folder), sides.peer(folder), sides.peer_client(folder)
        # Programs that are started with -c look for modules in the working directory.
        os.chdir(folder)
        surroundings = machine.describe(ours, peer, command)
        token_file = folder / "cr-token"
        token_file.write_text("made-up.compute-resource.token", encoding="ascii")
        results: Results = {
            "installed_bytes": {side.name: [side.installed_bytes] for side in (ours, peer)},
            "distributions": {side.name: [len(side.distributions)] for side in (ours, peer)},
        }
        results |= starts.importing(ours, peer, min(rounds, 5), with_bytecode=False)
        results |= starts.importing_clients(ours, peer_client, min(rounds, 5), with_bytecode=False)
        for side in (ours, peer, peer_client):
            side.compile()
        results |= starts.importing(ours, peer, rounds, with_bytecode=True)
        results |= starts.importing_clients(ours, peer_client, rounds, with_bytecode=True)
        with Stub() as stub:
            results |= starts.measure(ours, peer, stub.url, token_file, rounds)
            results |= inside.measure(ours, peer, stub.url, rounds)
            results |= inside.measure_operations(ours, peer_client, stub.url, rounds)
        return surroundings, results
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)


def _check(surroundings: dict[str, str], results: Results) -> int:
    missed = [verdict for verdict in judge(results) if not verdict.is_met]
    for verdict in missed:
        print(f"budget missed: {verdict}", file=sys.stderr)
    if missed:
        print(f"on {surroundings['processor']}, {surroundings['interpreter']}; {machine.calibration(results)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
