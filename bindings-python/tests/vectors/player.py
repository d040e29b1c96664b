"""Plays a script against a machine."""

from __future__ import annotations

import json
from base64 import b64decode

import policies
from difference import Difference, same, same_if_given

from trusted_profile import ExternalToken, TrustedProfileError
from trusted_profile.sansio import Action, Now, Response, Ticket, TokenManager

from . import action, failure, status
from .expected import Expected, Failure
from .fast_path import FastPath
from .instants import NEVER
from .leaks import Leaks
from .script import Abandon, Call, External, Files, Foreign, Fork, Invalidate, Poll, Question, Refresh, Respond, Script, Step, Transport

_NS_PER_MS = 1_000_000


def play(script: Script) -> int:
    """Plays all steps, and returns how often the cached token was handed out without a poll."""
    leaks = Leaks(script.secrets)
    knobs = None if script.policy is None else policies.in_seconds(script.policy)
    try:
        machine = TokenManager(script.source, policy=knobs, seed=script.seed, facts=script.facts)
    except TrustedProfileError as error:
        leaks.check("the error", error, vars(error))
        if script.error is None:
            raise Difference(f"construction failed: {error}") from None
        failure.check(Failure(script.error.code), error)
        same("message", script.error.message_starts, error.message[: len(script.error.message_starts)])
        return 0
    if script.error is not None:
        raise Difference(f"expected {script.error.code} at construction, but there is a machine")
    player = _Player(machine, script.unix_base, leaks)
    for number, step in enumerate(script.steps, 1):
        try:
            player.step(step)
        except Difference as difference:
            raise Difference(f"step {number} at {step.at}: {difference}") from None
    return player.fast_path.hits


class _Player:
    def __init__(self, machine: TokenManager, unix_base: int, leaks: Leaks) -> None:
        self.fast_path = FastPath(machine)
        self._machine = machine
        self._unix_base = unix_base
        self._leaks = leaks
        self._tickets: dict[str, Ticket] = {}
        self._ids: dict[str, int] = {}
        self._generations: dict[str, int] = {}

    def step(self, step: Step) -> None:
        unix = self._unix_base + step.at if step.unix is None else step.unix
        # A clock of 64 bits of nanoseconds stops in 2554; a script's does not.
        now = Now(step.at * _NS_PER_MS, min(unix * _NS_PER_MS, NEVER))
        call = step.call()
        if isinstance(call, (Poll, Refresh)):
            if step.expect is None:
                raise Difference("the call returns something, and nothing is expected")
            self._returned(step.expect, self._ask(call, now))
        elif step.expect is not None:
            raise Difference("the call returns nothing, and something is expected")
        else:
            self._report(call, now)
        self._events(step)
        known = self._machine.status()
        self._leaks.check("the status", known)
        self._leaks.check("the machine", self._machine)
        if step.status is not None:
            status.check(step.status, known)

    def _ask(self, call: Question, now: Now) -> Action | None:
        if isinstance(call, Refresh):
            return self._machine.poll_refresh(now)
        ticket = self._tickets.setdefault(call.ticket, Ticket())
        if call.slot not in (None, self._machine.last_slot):
            return self._machine.poll(ticket, call.slot, now)
        return self.fast_path.poll(ticket, call.slot, now)

    def _returned(self, expected: Expected, found: Action | None) -> None:
        name = expected.gives()
        self._leaks.check("the action", found)
        if isinstance(found, Action.Ready):
            self._leaks.check("the token", found.token)
            self._generations.update({} if name is None else {name: found.token.generation})
        elif isinstance(found, Action.Send):
            self._leaks.check("the exchange", found.exchange)
            self._ids.update({} if name is None else {name: found.exchange.id})
        elif isinstance(found, (Action.NeedFiles, Action.NeedToken)):
            self._ids.update({} if name is None else {name: found.id})
        elif isinstance(found, Action.Failed):
            self._leaks.check("the error", found.error, vars(found.error))
        action.check(expected, found)

    def _report(self, call: Call, now: Now) -> None:
        machine = self._machine
        match call:
            case Respond():
                machine.handle(self._id(call.exchange), self._response(call), now)
            case Transport():
                machine.fail(self._id(call.exchange), call.kind, call.detail, reused_connection=call.reused, now=now)
            case Files():
                machine.provide_files(self._id(call.input), [(read.path, read.text, read.problem) for read in call.reads], now)
            case External():
                self._external(call, now)
            case Abandon():
                machine.abandon(self._id(call.exchange), now)
            case Invalidate():
                machine.invalidate(call.slot or machine.last_slot, self._generation(call), now)
            case Fork():
                machine.after_fork(call.seed)
            case Foreign():
                self._foreign(call, now)

    def _response(self, call: Respond) -> Response:
        bodies = (call.body, call.json, call.body_base64)
        if sum(body is not None for body in bodies) > 1:
            raise Difference("more than one body")
        body = (call.body or "").encode() if call.json is None else json.dumps(call.json).encode()
        response = Response(call.status, list(call.headers.items()), b64decode(call.body_base64) if call.body_base64 else body)
        self._leaks.check("the response", response)
        return response

    def _external(self, call: External, now: Now) -> None:
        id = self._id(call.input)
        if call.error is not None:
            self._machine.provide_failure(id, call.error, now)
        elif call.token is not None and call.expires_in is not None:
            token = ExternalToken(call.token, call.expires_in)
            self._leaks.check("the callback's token", token)
            self._machine.provide_token(id, token, now)
        else:
            raise Difference("a callback brings either a token with its life or an error")

    def _foreign(self, call: Foreign, now: Now) -> None:
        machine = self._machine
        body = json.dumps({"access_token": call.token, "expires_in": 3600}).encode()
        machine.handle(call.id, Response(200, [], body), now)
        machine.provide_token(call.id, ExternalToken(call.token, 3600), now)
        machine.provide_files(call.id, [("/var/run/secrets/tokens/sa-token", call.token, None)], now)
        machine.abandon(call.id, now)

    def _events(self, step: Step) -> None:
        happened = []
        while (event := self._machine.poll_event()) is not None:
            self._leaks.check("an event", event)
            happened.append(status.event(event))
        same("has_events", False, self._machine.has_events)
        same_if_given("events", step.events, happened)

    def _id(self, name: str) -> int:
        if name not in self._ids:
            raise Difference(f"nothing is called {name}")
        return self._ids[name]

    def _generation(self, call: Invalidate) -> int:
        generation = call.generation if call.token is None else self._generations.get(call.token)
        if generation is None:
            raise Difference(f"no token is called {call.token}")
        return generation
