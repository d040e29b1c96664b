"""One fault, one request, one transport: with an empty cache, after recovery, and with a good token."""

from __future__ import annotations

import queue
import time
from collections.abc import Mapping
from typing import Any

from account import BRISK, CALM, POD, Account, Hop
from fault_rows import TOKEN, UNREACHABLE, Row

from trusted_profile import AccessToken, TokenProvider, TrustedProfileError
from trusted_profile.errors import BY_CODE

GRACE = 20.0
"""Seconds; far more than a busy machine takes on top of a round's budget. A hang would take for ever."""
LIFE = 660
"""Seconds that an IAM token lives, of which the last ten are not used."""


def run(row: Row, hop: Hop, transport: str, account: Account) -> tuple[str, str, str]:
    """What a program sees, in words for the table: with an empty cache, after recovery, with a good token."""
    place = f"{row.name}, {hop.name}, {transport}"
    return (*empty_cache(row, hop, transport, account, place), valid_token(row, hop, transport, account, place))


def policy_of(row: Row) -> dict[str, Any]:
    return BRISK if row.is_slow else CALM


def expected_code(row: Row, hop: Hop) -> str | None:
    if row.expected == UNREACHABLE:
        return "service_unreachable" if hop is POD else "metadata_unreachable"
    return None if row.expected == TOKEN else row.expected


def empty_cache(row: Row, hop: Hop, transport: str, account: Account, place: str) -> tuple[str, str]:
    """A: nothing is cached. B: the very next call once the service is well."""
    policy = policy_of(row)
    with account.provider(hop, transport=transport, policy=policy) as tokens:
        hop.strike(account.simulator, row.fault)
        started = time.monotonic()
        code = outcome_of(tokens, expected_code(row, hop), place)
        elapsed = time.monotonic() - started
        # An instance's token takes two rounds: one for each request.
        assert elapsed < 2 * policy["remote"]["round"] + GRACE, f"{place}: {elapsed:.1f} s"
        account.simulator.heal()
        token = tokens.token()
        # What a service of the past issued has long expired to the object store, whose clock is right.
        is_of_the_past = row.fault.get("seconds", 0) < 0
        assert is_of_the_past or account.greeting(token.value) == 200, place
    return code or TOKEN, TOKEN


def outcome_of(tokens: TokenProvider, expected: str | None, place: str) -> str | None:
    """The code of the error that the next call raises, which is as clear as it has to be; ``None`` for a token."""
    try:
        tokens.token()
    except TrustedProfileError as error:
        assert error.code == expected, f"{place}: {error}"
        assert type(error) is BY_CODE[error.code], place
        assert ". Fix: " in str(error) and error.causes and error.attempts >= 1, f"{place}: {error}"
        return error.code
    assert expected is None, f"{place}: a token"
    return None


class Due:
    """A provider with a token that is due for refresh and good for ten more minutes, and with the fault in force."""

    def __init__(self, fault: dict[str, Any], hop: Hop, transport: str, account: Account, policy: dict[str, Any]) -> None:
        account.settings(iam_token_lifetime_seconds=LIFE)
        due_after = 0.3
        while not self._arrange(fault, hop, transport, account, policy, due_after):
            # This machine is so busy that the token may have been refreshed before the fault was there.
            account.simulator.heal()
            self.tokens.close()
            due_after *= 2
            assert due_after < GRACE, f"a token takes longer than {GRACE} s"

    def _arrange(
        self, fault: dict[str, Any], hop: Hop, transport: str, account: Account, policy: dict[str, Any], due_after: float
    ) -> bool:
        self.events: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()
        refreshing = {**policy, "refresh_at": due_after / LIFE, "refresh_jitter": 0}
        self.tokens = account.provider(hop, transport=transport, policy=refreshing, on_event=self.events.put)
        started = time.monotonic()
        self.token = self.tokens.token()
        arrived = time.monotonic()
        if hop is not POD:
            # So that the refresh needs a new one.
            account.simulator.control("POST", "tokens/revoke", {"all": "identity"})
        hop.strike(account.simulator, fault)
        if time.monotonic() - started >= due_after / 2:
            return False
        time.sleep(max(0, arrived + due_after + 0.005 - time.monotonic()))
        assert self.token.usable_until.unix_ns >= time.time_ns() + 600 * 10**9, "ten more minutes"
        while not self.events.empty():
            self.events.get()
        return True

    def assert_cached(self, place: str) -> None:
        assert self.tokens.token().value == self.token.value, f"{place}: the cached token was replaced"

    def next_refresh(self, place: str) -> tuple[str, AccessToken]:
        """The code with which the next refresh ends, or ``refreshed``, and the token of the last call. Callers
        come all the while, and drive it on."""
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline:
            token = self.tokens.token()
            try:
                event = self.events.get(timeout=0.02)
            except queue.Empty:
                continue
            # What happens on the way there, to the identity token say, does not matter.
            if event["event"] == "refresh_failed":
                return event["error"]["code"], token
            if event["event"] == "refreshed" and event["slot"] == "iam":
                return "refreshed", self.tokens.token()
        raise AssertionError(f"{place}: the refresh never ended")


def valid_token(row: Row, hop: Hop, transport: str, account: Account, place: str) -> str:
    """C: the cached token is good for ten more minutes, and its refresh meets the fault."""
    due = Due(row.fault, hop, transport, account, policy_of(row))
    expected = expected_code(row, hop)
    end, token = due.next_refresh(place)
    assert end == (expected or "refreshed"), f"{place}: {end}"
    if expected is not None:
        assert token.value == due.token.value, f"{place}: replaced during the refresh"
        for _ in range(4):
            due.assert_cached(place)
    account.simulator.heal()
    if expected is not None:
        # A refresh that was begun under the fault may still fail.
        while end != "refreshed":
            end, token = due.next_refresh(place)
    assert token.value != due.token.value, f"{place}: not replaced"
    is_of_the_past = row.fault.get("seconds", 0) < 0
    assert is_of_the_past or account.greeting(token.value) == 200, place
    due.tokens.close()
    return "refreshed" if expected is None else "cached token"
