"""The corpus that pins what the token machine does, through the public interface of the package."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import cast

import committed
import pytest
from difference import Difference
from strict_json import UnfitError
from vectors import corpus
from vectors.fast_path import FastPath

from trusted_profile import AccessToken
from trusted_profile.sansio import Action, Now, Ticket, TokenManager


def test_every_file_plays(say: Callable[[str], None]) -> None:
    files = corpus.files()
    run: Counter[str] = Counter()
    left_out, failures, hits = dict[str, list[str]](), list[str](), 0
    for file in files:
        try:
            outcome = corpus.run(file.path, file.json)
        except (Difference, UnfitError) as problem:
            failures.append(f"{file.path}: {problem}")
            continue
        hits += outcome.fast_path_hits
        if outcome.left_out:
            left_out[Path(file.path).stem] = outcome.left_out
        else:
            run[file.path.split("/")[0]] += 1
    assert not failures, f"{len(failures)} of {len(files)} failed:\n" + "\n".join(failures)
    assert run["scripts"] == committed.count(corpus.ROOT / "scripts")
    assert run["operations"] + len(left_out) == committed.count(corpus.ROOT / "operations")
    assert hits > 0, "no poll of the corpus came upon a cached token"
    without = "; ".join(f"{name} ({', '.join(lists)})" for name, lists in left_out.items())
    say(f"vectors: {run['scripts']} scripts run, 0 skipped; {hits} polls found their token cached")
    say(f"operations: {run['operations']} files run; {len(left_out)} left out, which the package has no public interface for: {without}")
    say(f"corpus: sha256 {corpus.digest(files)}")


def test_falsified_files_fail(tmp_path: Path, say: Callable[[str], None]) -> None:
    command = [os.environ["TRUSTED_PROFILE_CANARY"], "--write", str(tmp_path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # The other runner's corpora are these, to the byte.
    assert f"corpus: sha256 {corpus.digest(corpus.files())}\nscenarios: sha256 {corpus.digest(corpus.scenarios())}\n" in told
    flips = json.loads((tmp_path / "canary.json").read_text())
    caught, left_out = list[str](), list[str]()
    for flip in flips:
        try:
            outcome = corpus.run(flip["from"], json.loads((tmp_path / flip["file"]).read_text()))
        except (Difference, UnfitError):
            caught.append(flip["rule"])
        else:
            assert outcome.left_out, f"not noticed: {flip['from']} {flip['pointer']}"
            left_out.append(flip["rule"])
    assert len(caught) + len(left_out) == len(flips) and "R1" in caught
    say(f"vectors canary: {len(flips)} flipped, {len(caught)} caught; in lists without a public interface: {' '.join(left_out)}")


@pytest.mark.parametrize("member", ["poll", "step", "expect"])
def test_an_unknown_member_is_refused(member: str) -> None:
    file = next(file for file in corpus.files() if file.path == "scripts/r1/usable_token_at_once.json")
    script = file.json
    step = script["steps"][0]
    {"poll": step["poll"], "step": step, "expect": step["expect"]}[member]["surprise"] = 1
    with pytest.raises(UnfitError, match="surprise"):
        corpus.run(file.path, script)


class _Stale:
    """A machine whose cache outlives what happens to the token."""

    def __init__(self, machine: TokenManager) -> None:
        self._machine = machine
        self._token: AccessToken | None = None

    def ready(self, now: Now) -> AccessToken | None:
        return self._token

    def poll(self, ticket: Ticket, slot: str | None, now: Now) -> Action:
        action = self._machine.poll(ticket, slot, now)
        if isinstance(action, Action.Ready):
            self._token = action.token
        return action


def test_a_stale_cache_is_noticed() -> None:
    machine, now = TokenManager({"source": "bearer", "token": "a-token"}), Now(0, 1_790_000_000_000_000_000)
    fast_path = FastPath(cast(TokenManager, _Stale(machine)))
    assert isinstance(fast_path.poll(Ticket(), None, now), Action.Ready)
    assert isinstance(fast_path.poll(Ticket(), None, now), Action.Ready) and fast_path.hits == 1
    machine.invalidate("iam", 1, now)
    with pytest.raises(Difference, match="the cached token: expected \\[\\], found"):
        fast_path.poll(Ticket(), None, now)
