"""The second corpus, as far as the package has a public interface for it: options, addresses, dates, claims, origins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import policies
from difference import Difference, same

from trusted_profile import ExternalToken, TrustedProfileError
from trusted_profile._native import AllowedOrigins
from trusted_profile.sansio import Action, Exchange, Ticket, TokenManager

from . import failure
from .expected import Failure
from .leaks import Leaks

# What the package does inside of its machine, its requests and its settings, and offers to nobody.
LISTS_LEFT_OUT = ("build", "parse", "encode", "redact", "random")
LANGUAGES_LEFT_OUT = ("path_segment", "configuration")


@dataclass
class Read:
    """A text that one of the small languages reads, or refuses."""

    language: str
    given: Any
    why: str | None = None
    shown: Any = None
    error: Failure | None = None


@dataclass
class Operations:
    """One file of ``operations/``."""

    schema: str = field(metadata={"name": "$schema"})
    name: str
    about: str
    origin: str
    rules: list[str]
    secrets: list[str] = field(default_factory=list)
    build: list[Any] = field(default_factory=list)
    parse: list[Any] = field(default_factory=list)
    read: list[Read] = field(default_factory=list)
    encode: list[Any] = field(default_factory=list)
    redact: list[Any] = field(default_factory=list)
    random: list[Any] = field(default_factory=list)

    def play(self) -> list[str]:
        """Plays every case that can be played, and returns the names of the lists that cannot."""
        leaks = Leaks(self.secrets)
        left_out = [name for name in LISTS_LEFT_OUT if getattr(self, name)]
        for number, case in enumerate(self.read, 1):
            if case.language in LANGUAGES_LEFT_OUT:
                left_out.append(f"read {case.language}")
                continue
            try:
                _play(case, leaks)
            except Difference as difference:
                raise Difference(f"read (case {number} of the list): {case.given!r}: {difference}") from None
        if not self.read and not left_out:
            raise Difference("there is no case")
        return sorted(set(left_out))


def _play(case: Read, leaks: Leaks) -> None:
    try:
        found = LANGUAGES[case.language](case.given)
    except TrustedProfileError as error:
        leaks.check("the error", error, vars(error))
        if case.error is None:
            raise Difference(f"no error was expected: {error}") from None
        failure.check(case.error, error)
        return
    if case.error is not None:
        raise Difference(f"should have been refused, found {found!r}")
    same("shown", case.shown, found)


def _source(given: dict[str, Any]) -> Any:
    return TokenManager(given).status()["source"]


def _policy(given: dict[str, Any]) -> str:
    TokenManager({"source": "external"}, policy=policies.in_seconds(given))
    return "accepted"


def _base_url(given: str) -> str:
    url = urlsplit(_first_request({"source": "vpc_instance", "endpoint": given}).url)
    return f"{url.scheme}://{url.netloc}{url.path}".removesuffix("/identity/v1/token")


def _iam_endpoint(given: str) -> str:
    url: str = _first_request({"source": "api_key", "api_key": "an-api-key", "endpoint": given}).url
    return url.removesuffix("/identity/token")


def _api_date(given: str) -> str:
    return ",".join(parse_qs(urlsplit(_first_request({"source": "vpc_instance", "version": given}).url).query)["version"])


def _allowed_origins(given: dict[str, Any]) -> bool:
    """As every adapter asks; they offer no call that only answers."""
    return AllowedOrigins(given["origins"]).allows(given["url"])


def _first_request(source: dict[str, Any]) -> Exchange:
    action = TokenManager(source).poll(Ticket())
    if not isinstance(action, Action.Send):
        raise Difference(f"a request was expected, not {action!r}")
    return action.exchange


def _claims(given: str) -> Any:
    claims = _claims_of_token(given)
    if claims is None:
        return "no claims"
    audience = claims.get("aud", [])
    subject = str(claims.get("sub", "")).split(":")
    shown = {
        "iam_id": claims.get("iam_id"),
        "account_id": claims.get("account", {}).get("bss"),
        "expires_at": claims.get("exp"),
        "audiences": [audience] if isinstance(audience, str) else audience,
        "service_account": "/".join(subject[2:]) if subject[:2] == ["system", "serviceaccount"] else None,
    }
    return {name: claim for name, claim in shown.items() if claim is not None}


def _claims_of_token(given: str) -> dict[str, Any] | None:
    """Of a token that a callback brought."""
    machine, ticket = TokenManager({"source": "external"}), Ticket()
    wanted = machine.poll(ticket)
    if isinstance(wanted, Action.NeedToken):
        machine.provide_token(wanted.id, ExternalToken(given, 3600))
    action = machine.poll(ticket)
    if isinstance(action, Action.Ready):
        claims: dict[str, Any] | None = action.token.unverified_claims()
        return claims
    # No text is no token, and a token is the only thing that is asked for claims.
    same("the text of what is no token", "", given)
    return None


LANGUAGES: dict[str, Callable[[Any], Any]] = {
    "source": _source,
    "policy": _policy,
    "base_url": _base_url,
    "iam_endpoint": _iam_endpoint,
    "api_date": _api_date,
    "claims": _claims,
    "allowed_origins": _allowed_origins,
}
