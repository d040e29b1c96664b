"""Compares what the machine returned with what a script expects."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from difference import Difference, same, same_if_given
from strict_json import only

from trusted_profile import AccessToken, TrustedProfileError
from trusted_profile.sansio import Action, Exchange

from . import failure
from .expected import Expected, Instant, NeedInput, Ready, Request, Send
from .instants import NEVER, ms_of_ns, whole_ms


def check(expected: Expected, found: Action | None) -> None:
    """Raises the first difference."""
    only(expected)
    if found is None and expected.none:
        return
    if isinstance(found, Action.Ready) and expected.ready is not None:
        _ready(expected.ready, found.token)
    elif isinstance(found, Action.Send) and expected.send is not None:
        _send(expected.send, found.exchange)
    elif isinstance(found, (Action.NeedFiles, Action.NeedToken)) and expected.need_input is not None:
        _need_input(expected.need_input, found)
    elif isinstance(found, Action.Wait) and expected.wait is not None:
        same("at_most", expected.wait.at_most, whole_ms(found.at_most))
    elif isinstance(found, Action.Failed) and isinstance(found.error, TrustedProfileError) and expected.failed is not None:
        failure.check(expected.failed, found.error)
    else:
        raise Difference(f"another outcome was expected than {found.error if isinstance(found, Action.Failed) else found!r}")


def _ready(expected: Ready, found: AccessToken) -> None:
    same("token", expected.token, found.value)
    same("authorization", f"Bearer {expected.token}", found.authorization)
    same_if_given("generation", expected.generation, found.generation)
    same_if_given("usable_until", expected.usable_until, instant(found.usable_until.monotonic_ns))
    same_if_given("usable_until_unix", expected.usable_until_unix, instant(found.usable_until.unix_ns))
    same_if_given("refresh_at", expected.refresh_at, instant(found.refresh_at.monotonic_ns))
    same_if_given("refresh_at_unix", expected.refresh_at_unix, instant(found.refresh_at.unix_ns))


def instant(nanoseconds: int) -> Instant:
    """As scripts write it."""
    return "never" if nanoseconds == NEVER else ms_of_ns(nanoseconds)


def _send(expected: Send, found: Exchange) -> None:
    _request(expected.request, found)
    same_if_given("connect_timeout", expected.connect_timeout, whole_ms(found.connect_timeout))
    same_if_given("timeout", expected.timeout, whole_ms(found.timeout))
    same_if_given("max_response_bytes", expected.max_response_bytes, found.max_response_bytes)
    same_if_given("network", expected.network, found.network)


def _request(expected: Request, found: Exchange) -> None:
    same_if_given("method", expected.method, found.method)
    same_if_given("url", expected.url, found.url)
    headers = found.headers
    for name, value in expected.headers.items():
        same(f"header {name}", [value], [other for known, other in headers if known == name])
    for name in expected.absent_headers:
        same(f"header {name}", [], [value for known, value in headers if known == name])
    text = found.body.decode()
    same_if_given("body", expected.body, text)
    same_if_given("form", expected.form, [list(pair) for pair in parse_qsl(text, keep_blank_values=True)])
    if expected.json is not None:
        same("json", expected.json, _json(text))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise Difference(f"json: the body is none: {text}") from None


def _need_input(expected: NeedInput, found: Action.NeedFiles | Action.NeedToken) -> None:
    if isinstance(found, Action.NeedFiles):
        same("external", expected.external, None)
        same("paths", expected.paths, found.paths)
        same_if_given("max_bytes", expected.max_bytes, found.max_bytes)
    else:
        same("paths", expected.paths, None)
        same("timeout", expected.external and expected.external.timeout, whole_ms(found.timeout))
