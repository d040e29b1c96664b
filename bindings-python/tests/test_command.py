"""``python -m trusted_profile``, with the settings of its environment, against the simulator."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from account import Account

import trusted_profile

PACKAGE = str(Path(trusted_profile.__file__).parents[1])


@pytest.fixture
def account() -> Iterator[Account]:
    with Account() as account:
        yield account


def settings(account: Account, **changes: str) -> dict[str, str]:
    """Those of a program in the account's pod; a value that is empty takes a setting away."""
    given = {
        "AUTH_TYPE": "container",
        "AUTH_URL": account.simulator.iam_url,
        "CR_TOKEN_FILENAME": account.token_file,
        "IAM_PROFILE_ID": account.seed["pod_profile"]["id"],
        **changes,
    }
    return {f"TRUSTED_PROFILE_{name}": value for name, value in given.items() if value}


def begin(arguments: list[str], environment: dict[str, str], **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-X", "dev", "-W", "error", "-m", "trusted_profile", *arguments]
    # A home and a working directory without a credential file.
    surroundings = {"PYTHONPATH": PACKAGE, "HOME": "/nonexistent", **environment}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=surroundings, cwd="/", stdin=subprocess.DEVNULL, text=True, **{**pipes, **options})


def run(arguments: list[str], environment: dict[str, str], **options: Any) -> tuple[int, str, str]:
    process = begin(arguments, environment, **options)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_a_token(account: Account) -> None:
    code, out, err = run(["token"], settings(account))
    assert (code, err) == (0, "") and out.endswith("\n") and account.greeting(out.strip()) == 200
    code, out, err = run(["token", "--header", "--timeout", "20"], settings(account))
    assert (code, err) == (0, "") and out.startswith("Authorization: Bearer ey") and account.greeting(out.split()[-1]) == 200


def test_a_token_of_an_instance_and_of_another_service(account: Account) -> None:
    own = {"OTHER_AUTH_TYPE": "vpc", "OTHER_AUTH_URL": account.simulator.metadata_url}
    code, out, _ = run(["--service", "other", "token"], own)
    assert code == 0 and account.greeting(out.strip()) == 200


@pytest.mark.parametrize(
    ("changes", "fault", "code", "message"),
    [
        ({"CR_TOKEN_FILENAME": "/nonexistent/token"}, None, 66, "cr_token_unavailable: "),
        ({"AUTH_URL": "http://127.0.0.1:9"}, None, 69, "service_unreachable: "),
        ({}, {"kind": "status", "status": 503}, 75, "service_failed: "),
        ({}, {"kind": "status", "status": 403}, 77, "forbidden: "),
        ({"IAM_PROFILE_ID": "Profile-00000000-0000-0000-0000-000000000000"}, None, 77, "profile_not_eligible: "),
        ({"AUTH_TYPE": "vcp"}, None, 78, "invalid_argument: "),
        ({"AUTH_DISABLE_SSL": "true"}, None, 78, "invalid_argument: "),
    ],
)
def test_exit_codes(account: Account, changes: dict[str, str], fault: dict[str, Any] | None, code: int, message: str) -> None:
    if fault is not None:
        account.simulator.fault("iam", fault)
    environment = settings(account, **changes)
    assert_told(run(["token"], environment), code, message)
    found, out, err = run(["doctor"], environment)
    assert (found, err) == (code, "") and "FAIL" in out and "Fix: " in out


def assert_told(outcome: tuple[int, str, str], code: int, message: str) -> None:
    """On standard error, for people, and without a traceback."""
    found, out, err = outcome
    assert (found, out) == (code, "") and err.startswith(message) and "Traceback" not in err, outcome


@pytest.mark.parametrize("arguments", ["", "tokens", "token --timeout soon", "token --timeout -1", "token --timeout nan"])
def test_a_command_line_that_is_wrong(arguments: str) -> None:
    code, out, err = run(arguments.split(), {})
    assert (code, out) == (2, "") and err.startswith("usage: python -m trusted_profile"), err


def test_a_timeout(account: Account) -> None:
    account.simulator.fault("iam", {"kind": "hang"})
    assert_told(run(["token", "--timeout", "0.2"], settings(account)), 69, "deadline_exceeded: ")


def test_doctor_of_what_is_well(account: Account) -> None:
    code, out, err = run(["doctor"], settings(account))
    assert (code, err) == (0, "") and "FAIL" not in out and out.count("pass") >= 4, out
    code, out, err = run(["doctor", "--json"], settings(account))
    report = json.loads(out)
    assert (code, err) == (0, "") and report["well"] is True and report["error"] is None
    assert {check["verdict"] for check in report["checks"]} <= {"pass", "not_reached"}


def test_bad_settings_are_a_finding_of_doctor(account: Account) -> None:
    environment = settings(account, AUTH_DISABLE_SSL="true")
    code, out, err = run(["doctor", "--json"], environment)
    report = json.loads(out)
    assert (code, err, report["well"]) == (78, "", False)
    assert report["error"]["code"] == "invalid_argument" and "AUTH_DISABLE_SSL" in report["checks"][0]["found"]


def test_doctor_shows_no_secret(account: Account) -> None:
    key = account.seed["api_key"]["value"]
    of_key = settings(account, AUTH_TYPE="iam", APIKEY=key, CR_TOKEN_FILENAME="", IAM_PROFILE_ID="")
    for environment in (settings(account), of_key, settings(account, APIKEY=key)):
        shown = "".join(str(run(["doctor", *more], environment)) for more in ([], ["--json"]))
        secrets = {key, Path(account.token_file).read_text().strip()}
        answers = [entry["response_body"] for entry in account.journal(service="iam") if entry["status"] == 200]
        secrets |= {json.loads(answer)["access_token"] for answer in answers}
        assert len(secrets) >= 3
        for secret in secrets:
            assert secret[-40:] not in shown and secret not in shown


@pytest.mark.parametrize("arguments", [["token"], ["doctor"]])
def test_an_interrupt_ends_it_at_once(account: Account, arguments: list[str]) -> None:
    account.simulator.fault("iam", {"kind": "hang"})
    process = begin(arguments, settings(account))
    deadline = time.monotonic() + 60
    while account.simulator.count("iam", "/identity/token") == 0:
        assert time.monotonic() < deadline and process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    # By the signal, so that a shell that runs it in a loop ends as well.
    assert (process.returncode, out, err) == (-signal.SIGINT, "", "")


def test_an_interrupt_that_is_ignored_stays_ignored(account: Account) -> None:
    account.simulator.fault("iam", {"kind": "latency", "ms": 500})
    ignoring = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); os.execv(sys.executable, sys.argv[1:])"
    command = [sys.executable, "-c", ignoring, sys.executable, "-m", "trusted_profile", "token"]
    environment = {"PYTHONPATH": PACKAGE, "HOME": "/nonexistent", **settings(account)}
    with subprocess.Popen(command, env=environment, cwd="/", stdout=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while account.simulator.count("iam", "/identity/token") == 0:
            assert time.monotonic() < deadline
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and account.greeting(out.strip()) == 200


@pytest.mark.parametrize("arguments", [["token"], ["doctor"], ["doctor", "--json"]])
def test_nobody_reads_standard_output(account: Account, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    code, _, err = run(arguments, settings(account), stdout=writer)
    os.close(writer)
    assert (code, err) == (141, "")


@pytest.mark.parametrize("arguments", [["token"], ["doctor"]])
def test_standard_output_cannot_be_written(account: Account, arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        code, _, err = run(arguments, settings(account), stdout=full)
    assert (code, err) == (74, "")
    # Closed from the beginning: nothing that is opened later may take its place.
    code, _, err = run(arguments, settings(account), stdout=None, preexec_fn=lambda: os.close(1))
    assert (code, err) == (74, "")


def test_an_error_never_goes_to_standard_output(account: Account) -> None:
    wrong = settings(account, AUTH_TYPE="vcp")
    code, out, _ = run(["token"], wrong, stderr=None, preexec_fn=lambda: os.close(2))
    assert (code, out) == (78, "")
    with open("/dev/full", "w") as full:
        code, out, _ = run(["token"], wrong, stderr=full)
    assert (code, out) == (78, "")


def test_an_output_that_knows_few_letters(account: Account) -> None:
    account.simulator.fault("iam", {"kind": "status", "status": 403, "message": "für niemanden"})
    for encoding in ("ascii", "latin-1", "utf-8"):
        environment = {**settings(account), "PYTHONIOENCODING": encoding}
        code, out, err = run(["doctor"], environment, encoding=encoding)
        assert (code, err) == (77, "") and ("f\\xfcr niemanden" if encoding == "ascii" else "für niemanden") in out, out
