"""Real servers that load a program once and fork their workers from it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from simulator import Simulator
from waiting import until

PROGRAMS = Path(__file__).parents[1] / "programs"
HANG = {"kind": "hang"}


@contextmanager
def running(command: list[str], log: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server, until it is told to end. One that does not is ended."""
    with log.open("wb") as output:
        environment = {**os.environ, **variables}
        server = subprocess.Popen([sys.executable, "-m", *command], cwd=PROGRAMS, env=environment, stdout=output, stderr=output)
    try:
        yield server
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0, log.read_text()
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
    assert "Traceback" not in log.read_text(), log.read_text()


def get(path: str, server: Path) -> Any:
    """What the application behind the Unix socket answers."""
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    with closing(connection):
        connection.sock.settimeout(30)
        connection.sock.connect(str(server))
        connection.request("GET", path, headers={"connection": "close"})
        answer = connection.getresponse()
        text = answer.read()
    assert answer.status == 200, text
    return json.loads(text)


def listens(server: Path) -> bool:
    """Whether somebody accepts connections: the file is there a moment earlier."""
    with socket.socket(socket.AF_UNIX) as sock:
        return sock.connect_ex(str(server)) == 0


def from_every_worker(path: str, server: Path, workers: int) -> list[Any]:
    """The last answer of each worker, once all of them have answered."""
    answers: dict[int, Any] = {}

    def ask() -> bool:
        answer = get(path, server)
        answers[answer["worker"]] = answer
        return len(answers) == workers

    until(ask, 60)
    return list(answers.values())


@pytest.mark.parametrize("worker", ["sync", "gthread", "gevent"])
def test_gunicorn_preloads(simulator: Simulator, tmp_path: Path, worker: str) -> None:
    late = Simulator()
    # The request of the master, for as long as it runs.
    late.fault("metadata", HANG, times=1)
    address, log = tmp_path / "server", tmp_path / "log"
    kind = ["--worker-class", worker, *(["--threads", "4"] if worker == "gthread" else [])]
    command = ["gunicorn", "--preload", "--workers", "3", *kind, "--bind", f"unix:{address}", "web:application"]
    try:
        with running(command, log, METADATA_URL=simulator.metadata_url, LATE_METADATA_URL=late.metadata_url):
            until(lambda: listens(address))
            shared = from_every_worker("/", address, 3)
            assert all(answer["is_forked"] and answer["is_of_master"] for answer in shared)
            assert {answer["transport"] for answer in shared} == {"python" if worker == "gevent" else "native"}
            assert simulator.exchanges() == 1, "the workers have the token of their master"
            own = from_every_worker("/refused", address, 3)
            assert not any(answer["is_of_master"] for answer in own)
            until(lambda: late.count("metadata", "/identity/v1/token", "PUT") > 0)
            late_ones = from_every_worker("/late", address, 3)
            assert len({answer["fingerprint"] for answer in late_ones}) == 3, "each fetched what its master was fetching"
    finally:
        late.close()


@pytest.fixture
def celery(tmp_path: Path) -> Celery:
    """A client of the worker, with what passes between them in ``tmp_path``."""
    for name in ("results", "messages", "control"):
        (tmp_path / name).mkdir()
    client = Celery("client", broker="filesystem://", backend=f"file://{tmp_path}/results")
    client.conf.broker_transport_options = {name: str(tmp_path / "messages") for name in ("data_folder_in", "data_folder_out")}
    client.conf.broker_transport_options["control_folder"] = str(tmp_path / "control")
    return client


def do(client: Celery, task: str) -> Any:
    return client.send_task(task).get(timeout=60)


def test_celery_forks_its_workers(simulator: Simulator, tmp_path: Path, celery: Celery) -> None:
    command = ["celery", "-A", "jobs", "worker", "--pool", "prefork", "-c", "2", "--loglevel", "WARNING"]
    with running(command, tmp_path / "log", METADATA_URL=simulator.metadata_url, CELERY_FOLDER=str(tmp_path)):
        answers: dict[int, Any] = {}

        def ask() -> bool:
            for pending in [celery.send_task("fingerprint") for _ in range(4)]:
                answer = pending.get(timeout=60)
                answers[answer["worker"]] = answer
            return len(answers) == 2

        until(ask, 60)
        assert len({answer["fingerprint"] for answer in answers.values()}) == 1
        assert simulator.exchanges() == 1, "both have the token of their parent"

        simulator.fault("metadata", HANG)
        # The round would take ten minutes, and the limit of the task is a second.
        assert do(celery, "wait") == "interrupted"
        assert do(celery, "wait") == "interrupted"
        simulator.heal()
        generations = {do(celery, "fingerprint")["generation"] for _ in range(6)}
        assert generations <= {1, 2} and 2 in generations
