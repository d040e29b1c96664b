"""gevent and eventlet, each really patching the standard library of a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from simulator import Simulator

PROGRAM = Path(__file__).parents[1] / "programs" / "greenlets.py"
# The program's first fetch, during which it counts what else goes on.
HANG = {"kind": "hang"}


@pytest.fixture(params=["gevent", "eventlet"])
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run(library: str, source: dict[str, Any], ca_bundle: str = "") -> Any:
    command = [sys.executable, "-W", "ignore", str(PROGRAM), library, json.dumps(source), ca_bundle]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (shown.returncode, shown.stderr) == (0, ""), shown
    return json.loads(shown.stdout)


def check(facts: Any) -> None:
    assert (facts["transport"], facts["callers"], facts["tokens"], facts["after_a_kill"]) == ("python", 50, 1, 2)
    # A fetch that held up its greenlets would let the ticker by once or twice.
    assert facts["ticks"] > 20


def test_greenlets_share_one_exchange(simulator: Simulator, library: str) -> None:
    simulator.fault("metadata", HANG, times=1)
    simulator.fault("metadata", {"kind": "latency", "ms": 200})
    check(run(library, {"source": "vpc_instance", "endpoint": simulator.metadata_url}))
    assert simulator.exchanges() == 2


def test_greenlets_speak_tls(library: str, tmp_path: Path) -> None:
    simulator = Simulator("--tls")
    try:
        simulator.fault("iam", HANG, times=1)
        simulator.fault("iam", {"kind": "latency", "ms": 200})
        bundle = tmp_path / "ca.pem"
        bundle.write_text(simulator.overview["ca_certificate_pem"])
        profile, file = simulator.seed["pod_profile"]["id"], simulator.token_file(str(tmp_path))
        endpoint = simulator.overview["iam_https_url"]
        source = {"source": "container", "profile_id": profile, "cr_token_file": file, "endpoint": endpoint}
        check(run(library, source, str(bundle)))
        assert simulator.count("iam", "/identity/token") == 3, "one was never answered"
    finally:
        simulator.close()
