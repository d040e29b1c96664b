"""Processes that measure themselves: each program of ``programs`` for either side in turn."""

from __future__ import annotations

import json
import subprocess

from . import Results
from .sides import ROOT, Side, environment


def measure(ours: Side, peer: Side, url: str, rounds: int) -> Results:
    """Every program; its figures by side, of all rounds together."""
    results: Results = {}
    for program, arguments, count in (
        ("cached", [], rounds),
        ("warm", [], min(rounds, 5)),
        ("herd", ["5"], 1),
        ("herd", ["200"], 1),
        ("heartbeat", ["200"], 1),
        ("memory", [], min(rounds, 3)),
    ):
        for _ in range(count):
            for side in (ours, peer):
                for figure, samples in _run(side, program, url, *arguments).items():
                    results.setdefault(figure, {}).setdefault(side.name, []).extend(samples)
    return results


def measure_operations(ours: Side, peer_client: Side, url: str, rounds: int) -> Results:
    """A page of 1,000 instances: with our client, with IBM's, and with the standard library beside ours."""
    results: Results = {}
    for _ in range(min(rounds, 5)):
        for side in (ours, peer_client):
            for figure, samples in _run(side, "operations", url).items():
                results.setdefault(figure, {}).setdefault(side.name, []).extend(samples)
    return results


def _run(side: Side, program: str, *arguments: str) -> dict[str, list[float]]:
    command = [str(side.python), "-m", f"benches.programs.{program}", side.name, *arguments]
    shown = subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, list[float]] = json.loads(shown.stdout)
    return figures
