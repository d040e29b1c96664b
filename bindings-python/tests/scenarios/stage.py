"""Runs a scenario in one of the ways."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import policies
from difference import Difference, all_in, same, same_if_given
from strict_json import only

from trusted_profile import AccessToken, TokenProvider, TrustedProfileError

from .script import Call, ControlCall, Counted, ExpectedError, Failure, Scenario, Step, TokenOf, Use
from .setting import Setting
from .ways import Answer, Way

# How long a step may wait for something to show up, in seconds.
PATIENCE = 60


def run(scenario: Scenario, way: Way) -> None:
    """Runs all steps. Raises ``Difference`` at the first that does not hold."""
    stage = _Stage(scenario, way)
    try:
        for number, step in enumerate(scenario.steps, 1):
            try:
                stage.step(step)
            except Difference as difference:
                raise Difference(f"{scenario.name} (step {number}, {way.name}): {difference}") from None
    finally:
        stage.close()


class _Stage:
    def __init__(self, scenario: Scenario, way: Way) -> None:
        self._scenario = scenario
        self._way = way
        self._setting = Setting()
        self._provider: TokenProvider | None = None
        self._tokens: dict[str, AccessToken] = {}
        self._happened: list[str] = []

    def step(self, step: Step) -> None:
        name = only(step)
        getattr(self, f"_{name}")(getattr(step, name))

    def close(self) -> None:
        if self._provider is not None:
            self._provider.close()
        self._setting.close()

    @property
    def _opened(self) -> TokenProvider:
        """Opened when first needed, so that placeholders of earlier steps are filled."""
        if self._provider is None:
            source = self._setting.fill(self._scenario.source)
            policy = policies.in_seconds(self._setting.fill(self._scenario.policy))
            self._provider = TokenProvider(source, policy=policy, transport=self._way.transport, on_event=self._note)
        return self._provider

    def _note(self, event: Mapping[str, Any]) -> None:
        self._happened.append(event["event"])

    # The steps.

    def _control(self, call: ControlCall) -> None:
        self._setting.control(call)

    def _cr_token_file(self, token: dict[str, object]) -> None:
        self._setting.token_file(token)

    def _call(self, call: Call) -> None:
        before = self._setting.requests()
        answers = self._way.ask(self._opened, call, lambda: self._setting.requests() > before)
        same("callers that gave up", call.cancelled, answers.count(None))
        for answer in answers:
            if answer is not None:
                self._answer(call.expect, answer)
        tokens = [answer for answer in answers if isinstance(answer, AccessToken)]
        same("different tokens", min(len(tokens), 1), len({token.value for token in tokens}))
        if tokens:
            self._tokens[call.as_ or ""] = tokens[0]

    def _invalidate(self, name: str) -> None:
        self._opened.invalidate(self._token(name))

    def _wait_ms(self, milliseconds: int) -> None:
        time.sleep(milliseconds / 1000)

    def _wait_for_journal(self, counted: Counted) -> None:
        self._wait_for(lambda: self._setting.count(counted), counted.count)

    def _wait_for_failed_refreshes(self, count: int) -> None:
        self._wait_for(lambda: int(self._opened.describe()["slots"][-1]["failed_refreshes"]), count)

    def _journal(self, all_counted: list[Counted]) -> None:
        for counted in all_counted:
            same(f"requests {counted.method} {counted.path} at {counted.service}", counted.count, self._setting.count(counted))

    def _events(self, names: list[str]) -> None:
        # Events are told beside the callers, so the last one may come a moment after its cause shows.
        self._wait_for(lambda: len(self._happened), len(names))
        happened, self._happened = self._happened, []
        same("events", names, happened)

    def _use(self, use: Use) -> None:
        same("the object store's status", use.status, self._setting.use(self._token(use.token).value))

    # What they need.

    def _answer(self, expected: str | TokenOf | Failure, found: Answer) -> None:
        if isinstance(expected, Failure) and isinstance(found, TrustedProfileError):
            _check_error(expected.error, found)
        elif isinstance(expected, TokenOf) and isinstance(found, AccessToken):
            same("the token is that of before", True, found.value == self._token(expected.token_of).value)
        elif expected == "new_token" and isinstance(found, AccessToken):
            same("the new token was known as", [], [name for name, known in self._tokens.items() if known.value == found.value])
        else:
            raise Difference(f"expected {expected}, found {found!r}")

    def _token(self, name: str) -> AccessToken:
        if name not in self._tokens:
            raise Difference(f"no step gave a token the name {name}")
        return self._tokens[name]

    def _wait_for(self, found: Callable[[], int], wanted: int) -> None:
        end = time.monotonic() + PATIENCE
        while (now := found()) < wanted:
            if time.monotonic() > end:
                raise Difference(f"waited for {wanted}, found {now}")
            time.sleep(0.002)


def _check_error(expected: ExpectedError, found: TrustedProfileError) -> None:
    try:
        same("the code", expected.code, found.code)
        same_if_given("the status", expected.status, found.status)
        same_if_given("the service's code", expected.service_code, (found.service or {}).get("code"))
        same_if_given("the attempts", expected.attempts, found.attempts)
        all_in("what is shown", expected.shows, [str(found)])
    except Difference as difference:
        raise Difference(f"{difference}; the error was: {found}") from None
