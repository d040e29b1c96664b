"""Whole processes, timed from outside, one of each in turn so that all see the same machine."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from . import Results
from .sides import Side, environment

OURS = "from trusted_profile import TokenProvider; "
PEER = "from ibm_cloud_sdk_core.authenticators import {0} as Authenticator; Authenticator({1}).token_manager.get_token()"


def programs(ours: Side, peer: Side, url: str, token_file: Path) -> Iterator[tuple[str, str, Side, str]]:
    """What is started: a figure, a column of it, a side and its program. The bare interpreter is the measure of all."""
    yield "bare", "bare", ours, "pass"
    yield "import_wall", "ours", ours, "import trusted_profile"
    yield "import_wall", "peer", peer, "import ibm_cloud_sdk_core"
    yield "first_vpc", "ours", ours, f"{OURS}TokenProvider.vpc_instance(endpoint={url!r}).token()"
    yield "first_vpc", "peer", peer, PEER.format("VPCInstanceAuthenticator", f"url={url!r}")
    pod = f"cr_token_file={str(token_file)!r}, profile_id='Profile-bench', endpoint={url!r}"
    yield "first_container", "ours", ours, f"{OURS}TokenProvider.container({pod}).token()"
    pod = f"cr_token_filename={str(token_file)!r}, iam_profile_id='Profile-bench', url={url!r}"
    yield "first_container", "peer", peer, PEER.format("ContainerAuthenticator", pod)


def measure(ours: Side, peer: Side, url: str, token_file: Path, rounds: int) -> Results:
    """Milliseconds from start to end (``first_vpc``), and the peak of memory in MiB (``first_vpc_peak``)."""
    results: Results = {}
    for number in range(-1, rounds):
        for figure, column, side, program in programs(ours, peer, url, token_file):
            took, peak = _run(side, program)
            # The first round warms the page cache.
            if number >= 0:
                results.setdefault(figure, {}).setdefault(column, []).append(took)
                results.setdefault(f"{figure}_peak", {}).setdefault(column, []).append(peak)
    return results


def _run(side: Side, program: str, **variables: str) -> tuple[float, float]:
    command = [str(side.python), "-c", program]
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, environment(**variables))
    _, status, usage = os.wait4(process, 0)
    took = time.perf_counter() - start
    if status:
        raise RuntimeError(f"{side.name}: exit status {os.waitstatus_to_exitcode(status)} of {program}")
    return took * 1000, usage.ru_maxrss / 1024


CLIENTS = {"ours": "from trusted_profile import Vpc", "peer": "from ibm_vpc import VpcV1"}


def importing_clients(ours: Side, peer: Side, rounds: int, *, with_bytecode: bool) -> Results:
    """Milliseconds of a process that imports the client of the VPC API, and of one that imports nothing."""
    figure = "client_import" if with_bytecode else "client_import_without_bytecode"
    results: Results = {figure: {}}
    for number in range(-1, rounds):
        for side in (ours, peer):
            took, _ = _run(side, CLIENTS[side.name], PYTHONDONTWRITEBYTECODE="1")
            if number >= 0:
                results[figure].setdefault(side.name, []).append(took)
    return results


def importing(ours: Side, peer: Side, rounds: int, *, with_bytecode: bool) -> Results:
    """What ``-X importtime`` says of the top import, in milliseconds. The interpreter's own start is not in it."""
    figure = "import" if with_bytecode else "import_without_bytecode"
    results: Results = {figure: {}}
    for number in range(-1, rounds):
        for side in (ours, peer):
            took = _import_time(side)
            if number >= 0:
                results[figure].setdefault(side.name, []).append(took)
    return results


def _import_time(side: Side) -> float:
    command = [str(side.python), "-X", "importtime", "-c", f"import {side.module}"]
    env = environment(PYTHONDONTWRITEBYTECODE="1")
    shown = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stderr
    line = re.search(rf"\|\s*(\d+) \| {side.module}$", shown, re.MULTILINE)
    assert line is not None, shown
    return int(line[1]) / 1000
