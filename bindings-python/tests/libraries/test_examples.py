"""Every example, run as its reader runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recorder import Answer, Recorder
from simulator import Simulator

import trusted_profile

EXAMPLES = Path(__file__).parents[2] / "examples"
PACKAGE = Path(trusted_profile.__file__).parents[1]

# For each example its arguments, and what it has to print.
Arguments = Callable[[Simulator, Path], list[str]]


def instance(simulator: Simulator, _: Path) -> list[str]:
    return [simulator.metadata_url]


def instance_linked_late(simulator: Simulator, _: Path) -> list[str]:
    fault = {"kind": "status", "status": 400, "code": "profile_not_linked"}
    simulator.fault("metadata", fault, method="POST", path="/identity/v1/iam_tokens", times=1)
    return [simulator.metadata_url]


def instance_and_vpc(simulator: Simulator, _: Path) -> list[str]:
    return [simulator.metadata_url, simulator.overview["vpc_url"]]


def name_instance_and_vpc(simulator: Simulator, folder: Path) -> list[str]:
    return ["mine", *instance_and_vpc(simulator, folder)]


def profile_and_instance(simulator: Simulator, _: Path) -> list[str]:
    return [simulator.seed["instance_profile"]["id"], simulator.metadata_url]


def nothing(_: Simulator, __: Path) -> list[str]:
    return []


def pod(simulator: Simulator, folder: Path) -> list[str]:
    return [simulator.seed["pod_profile"]["id"], simulator.token_file(str(folder)), simulator.iam_url]


def path_of_an_object(simulator: Simulator, _: Path) -> list[str]:
    return [simulator.object_store_url, f"/{simulator.seed['bucket']}/greeting.txt"]


def bucket_and_key(simulator: Simulator, _: Path) -> list[str]:
    return [simulator.object_store_url, simulator.seed["bucket"], "greeting.txt"]


def file_of_an_agent(_: Simulator, folder: Path) -> list[str]:
    file = folder / "token.json"
    file.write_text(json.dumps({"token": "secret", "expires_at": time.time() + 1900}))
    return [str(file)]


PROGRAMS: dict[str, tuple[Arguments, str]] = {
    "vpc_instance.py": (instance, r"iam-Profile-\S+, for 3600 seconds"),
    "bare_metal.py": (profile_and_instance, r"iam-Profile-\S+"),
    "first_boot.py": (
        instance_linked_late,
        r"{'event': 'fetched'.*'slot': 'identity'.*\n{.*'event': 'not_ready'.*\n{'event': 'fetched'.*'slot': 'iam'[\s\S]*has a token[\s\S]*",
    ),
    "instance_metadata.py": (instance, r"seed-instance in \S+\n\d+ characters of user data"),
    "list_instances.py": (instance_and_vpc, "seed-instance: running"),
    "change_safely.py": (name_instance_and_vpc, "somebody else was faster\nmine-ours"),
    "list_vpcs.py": (instance_and_vpc, "vpc-of-seed-instance: subnet-of-seed-instance"),
    "container.py": (pod, r"iam-Profile-\S+"),
    "environment.py": (nothing, r"{'event': 'fetched'.*'slot': 'identity'.*\n{'event': 'fetched'.*'slot': 'iam'.*\n(.*\n)*.*vpc_instance(.*\n?)*"),
    "asyncio_tasks.py": (nothing, "100 tasks, 1 token"),
    "requests_session.py": (path_of_an_object, "hello"),
    "httpx_client.py": (path_of_an_object, "hello"),
    "ibm_cos_client.py": (bucket_and_key, "hello"),
    "external_vault.py": (file_of_an_agent, "<AccessToken iam, generation 1>, usable for more than 31 minutes"),
    "sansio_urllib.py": (instance, "send <AccessToken iam, generation 1>"),
    "sansio_httpx.py": (instance, "50 tasks, 1 token"),
    "sansio_aiohttp.py": (pod, "<AccessToken iam, generation 1>"),
}
# These need more than arguments, and have a test of their own.
OTHERS = {"ibm_vpc_client.py", "wsgi_app.py"}


def environment(simulator: Simulator, home: Path) -> dict[str, str]:
    """What a user sets: the source, and where it is."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(PACKAGE),
        "PYTHONWARNINGS": "error",
        "TRUSTED_PROFILE_AUTH_TYPE": "vpc",
        "TRUSTED_PROFILE_AUTH_URL": simulator.metadata_url,
    }


def start(name: str, arguments: list[str], simulator: Simulator, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    settings = {**environment(simulator, home), **variables}
    return subprocess.run(command, capture_output=True, text=True, env=settings, cwd=home, timeout=120)


def run(name: str, arguments: list[str], simulator: Simulator, home: Path, **variables: str) -> str:
    done = start(name, arguments, simulator, home, **variables)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.strip()


def test_no_example_is_left_out() -> None:
    assert {file.name for file in EXAMPLES.iterdir() if file.name != "__pycache__"} == PROGRAMS.keys() | OTHERS


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_example(name: str, simulator: Simulator, tmp_path: Path) -> None:
    arguments, expected = PROGRAMS[name]
    assert re.fullmatch(expected, run(name, arguments(simulator, tmp_path), simulator, tmp_path))


def test_ibm_s_client_of_vpc(simulator: Simulator, tmp_path: Path) -> None:
    with Recorder(lambda _: Answer(body=b'{"regions": [{"name": "us-south"}]}')) as vpc:
        assert run("ibm_vpc_client.py", [vpc.url], simulator, tmp_path) == "us-south"
        assert str(vpc.authorizations[0]).startswith("Bearer ey")


def test_a_web_application_that_is_forked(simulator: Simulator, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "2", "--bind", "127.0.0.1:0", "wsgi_app:application"]
    server = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**environment(simulator, tmp_path), "PYTHONWARNINGS": ""}, cwd=EXAMPLES
    )
    assert server.stderr is not None
    try:
        lines = iter(server.stderr.readline, "")
        found = next(match for line in lines if (match := re.search(r"Listening at: (http://\S+)", line)))
        with urllib.request.urlopen(found[1], timeout=30) as answer:
            assert re.fullmatch(rb"worker \d+ has token 1 of its provider\n", answer.read())
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert server.returncode == 0 and simulator.exchanges() == 1, "the parent's token serves its children"


transports = pytest.mark.parametrize("name", ["sansio_urllib.py", "sansio_httpx.py", "sansio_aiohttp.py"])


@transports
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "redirect", "status": 307, "location": "/identity/v1/token"}, "redirect_refused: "),
        ({"kind": "huge_body", "content_length": False}, "response_too_large: .*more than 1048576 bytes"),
        ({"kind": "gzip_bomb"}, "malformed_response: .*not JSON"),
    ],
    ids=["redirect", "huge", "bomb"],
)
def test_a_transport_keeps_to_its_limits(name: str, fault: dict[str, Any], error: str, simulator: Simulator, tmp_path: Path) -> None:
    arguments = PROGRAMS[name][0](simulator, tmp_path)
    simulator.fault("metadata", fault)
    simulator.fault("iam", fault)
    done = start(name, arguments, simulator, tmp_path)
    assert done.returncode == 1 and re.search(f"^trusted_profile.errors.*: {error}", done.stderr, re.MULTILINE), done.stderr


@transports
def test_a_transport_ends_in_time(name: str, simulator: Simulator, tmp_path: Path) -> None:
    arguments, expected = PROGRAMS[name]
    for service in ("metadata", "iam"):
        # One byte at a time, for minutes. What comes next is answered.
        simulator.fault(service, {"kind": "drip", "interval_ms": 200}, times=1)
    assert re.fullmatch(expected, run(name, arguments(simulator, tmp_path), simulator, tmp_path))


@transports
def test_a_transport_takes_no_proxy_from_the_environment_on_the_link(name: str, simulator: Simulator, tmp_path: Path) -> None:
    arguments, expected = PROGRAMS[name]
    with Recorder(lambda _: Answer(403)) as proxy:
        printed = run(name, arguments(simulator, tmp_path), simulator, tmp_path, HTTP_PROXY=proxy.url, http_proxy=proxy.url)
        assert re.fullmatch(expected, printed) and proxy.received == []


def test_a_transport_takes_the_environment_s_proxy_to_the_public_network(simulator: Simulator, tmp_path: Path) -> None:
    profile, file, _ = pod(simulator, tmp_path)
    with Recorder(lambda _: Answer(403)) as proxy:
        done = start("sansio_aiohttp.py", [profile, file, "https://iam.invalid"], simulator, tmp_path, HTTPS_PROXY=proxy.url)
        assert "service_unreachable" in done.stderr
        assert {(received.method, received.path) for received in proxy.received} == {("CONNECT", "iam.invalid:443")}
