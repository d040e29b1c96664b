"""No secret of a run shows in anything that a program prints, logs, warns of or dies with."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import showing
from account import Account
from spellings import SHORTEST, leaks, parts, spell

import trusted_profile

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJpYW0tUHJvZmlsZS0xIn0.c2lnbmF0dXJlIHRoYXQgaXMgbG9uZyBlbm91Z2g_-w"
KEY = "sim-k3y/with+odd=characters~0123456789"
CLIENT_SECRET = f"client+secret/{uuid.uuid4().hex}"
TIMES = {"connect": 0.4, "attempt": 0.4, "round": 0.8}
POLICY = {"link_local": TIMES, "remote": TIMES, "max_attempts": 2, "backoff_base": 0.005, "backoff_max": 0.02, "cooldown": 0}
WELL = {**POLICY, "link_local": {"connect": 5, "attempt": 10, "round": 30}, "remote": {"connect": 5, "attempt": 10, "round": 30}}


def run(account: Account, task: str = "show", **changes: Any) -> tuple[str, str]:
    """What the program in ``showing.py`` prints and says."""
    account.simulator.control("POST", "clients", {"client_id": "tests", "client_secret": CLIENT_SECRET})
    pod = account.seed["pod_profile"]
    account.simulator.control("POST", f"profiles/{pod['id']}/identities", {"iam_id": account.seed["api_key"]["iam_id"]})
    given = {
        "task": task,
        "policy": POLICY,
        # All of them: each name begins like this.
        "sources": [""],
        "metadata": account.simulator.metadata_url,
        "iam": account.simulator.iam_url,
        "api_key": account.seed["api_key"]["value"],
        "client_id": "tests",
        "client_secret": CLIENT_SECRET,
        "profile": pod["id"],
        "token_file": account.token_file,
        "cr_token": Path(account.token_file).read_text().strip(),
        **changes,
    }
    command = [sys.executable, "-X", "dev", "-W", "always", showing.__file__]
    environment = {"PYTHONPATH": str(Path(trusted_profile.__file__).parents[1])}
    done = subprocess.run(command, input=json.dumps(given), env=environment, capture_output=True, text=True, timeout=300)
    return done.stdout, done.stderr


def secrets_of(account: Account) -> set[str]:
    """Everything that the services were sent or gave out, and what the program was given."""
    secrets = {account.seed["api_key"]["value"], CLIENT_SECRET}
    secrets.add(Path(account.token_file).read_text().strip())
    for entry in account.journal():
        secrets |= {value.partition(" ")[2] for name, value in entry["headers"] if name == "authorization"}
        form = parse_qs(entry["body"])
        secrets |= {form[name][0] for name in ("apikey", "cr_token", "access_token", "client_secret") if name in form}
        try:
            answer = json.loads(entry["response_body"])
            secrets |= {answer[name] for name in ("access_token", "refresh_token") if name in answer}
        except (ValueError, TypeError):
            # Half an answer, or none.
            continue
    return {secret for secret in secrets if len(secret) >= SHORTEST and secret != "not_supported"}


def assert_clean(account: Account, outcome: tuple[str, str], place: str) -> None:
    secrets = secrets_of(account)
    for name, text in zip(("stdout", "stderr"), outcome, strict=True):
        found = leaks(text, secrets)
        assert not found, f"{place}, {name}: {found}"
    # It got to its end, while it held everything, and left nothing open.
    assert outcome[1].rstrip().splitlines()[-1].startswith("RuntimeError: ('this program is done', [<TokenProvider"), outcome[1][-3000:]
    assert "Warning" not in outcome[1], outcome[1]


def test_a_run_where_all_goes_well() -> None:
    with Account() as account:
        out, err = run(account, policy=WELL)
        assert_clean(account, (out, err), "no fault")
        secrets = secrets_of(account)
        # Of every source that brings a token, by both transports, twice.
        assert len(secrets) >= 26, len(secrets)
        for said in ("event: {'event': 'fetched'", "mistake: two words", "token fetched"):
            assert said in out + err, said
        for said in ("DEBUG:trusted_profile:request: POST http", "DEBUG:asyncio", "INFO:trusted_profile:token fetched"):
            assert said in err, said
        # Not of the profile that is refused and the callback that raises, and of the bearer once.
        assert out.count("token: <AccessToken ") == 2 * (2 * 9 - 1)
        # The harness would see the secrets if they were printed.
        leaked, _ = run(account, "leak", secrets=[part for secret in secrets for part in parts(secret)])
        found = leaks(leaked, secrets)
        assert {spelling for spelling, _ in found} == {spelling for secret in secrets for spelling, _ in spell(secret)} | {"cut short"}
        assert {secret[:8] for secret in secrets} == {begin for _, begin in found}


def faults() -> list[dict[str, Any]]:
    return [
        {"kind": "hang"},
        {"kind": "not_listening"},
        {"kind": "reset"},
        {"kind": "close_mid_body"},
        {"kind": "drip", "interval_ms": 20},
        {"kind": "html"},
        {"kind": "empty_object"},
        {"kind": "truncated_json"},
        {"kind": "invalid_json"},
        {"kind": "opaque_token"},
        {"kind": "huge_body", "bytes": 2_000_000, "content_length": False},
        {"kind": "redirect", "status": 307, "location": "http://127.0.0.1:9/"},
        {"kind": "expired_on_arrival"},
        {"kind": "extra_fields"},
    ]


def test_runs_under_faults() -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(run_under, fault) for fault in faults()]:
            done.result()


def run_under(fault: dict[str, Any]) -> None:
    with Account() as account:
        for service in ("metadata", "iam"):
            account.simulator.fault(service, fault)
        assert_clean(account, run(account), str(fault))


@pytest.mark.parametrize("status", [400, 503])
@pytest.mark.parametrize("sources", ["api_key,assume", "api_key of,container of a client", "container,external,bearer"])
def test_services_that_repeat_what_they_were_sent(sources: str, status: int) -> None:
    with Account() as account:
        sent = {
            "api_key,assume": account.seed["api_key"]["value"],
            "api_key of,container of a client": CLIENT_SECRET,
            "container,external,bearer": Path(account.token_file).read_text().strip(),
        }
        message = f"the credential {sent[sources]} is not accepted"
        account.simulator.fault("iam", {"kind": "status", "status": status, "code": "BXNIM0106E", "message": message})
        out, err = run(account, policy=WELL, sources=sources.split(","))
        assert_clean(account, (out, err), sources)
        assert "the credential [redacted] is not accepted" in out


@pytest.mark.parametrize("secret", [JWT, KEY])
def test_the_search_finds_every_spelling_of_every_part(secret: str) -> None:
    for part in parts(secret):
        for spelling, text in spell(part):
            log = f"2026-01-01 INFO something went on: value={text}, and more"
            assert spelling in {found for found, _ in leaks(log, {secret})}, (spelling, part)
    assert leaks("eyJhbGciOiJSUzI1NiJ9 is the header of every token; sim-k3y is eight characters; [redacted]", {JWT, KEY}) == set()
