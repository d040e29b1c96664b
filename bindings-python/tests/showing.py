"""A program that fetches by every source and shows all that it has, in every way there is, and dies with it. It is told
on standard input where the services are, and what its secrets are."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from spellings import spell

from trusted_profile import AccessToken, ExternalToken, TokenProvider, TrustedProfileError

GIVEN: dict[str, Any] = {}
_SAYING = threading.Lock()


def sources() -> dict[str, Callable[..., TokenProvider]]:
    """Every source, some of them refused by the services."""
    iam, key, profile, file = (GIVEN[name] for name in ("iam", "api_key", "profile", "token_file"))
    client = {"client_id": GIVEN["client_id"], "client_secret": GIVEN["client_secret"]}
    base = {"source": "api_key", "api_key": key, "endpoint": iam}

    def container(**options: Any) -> TokenProvider:
        return TokenProvider.container(**{"endpoint": iam, "profile_id": profile, "cr_token_file": file, **options})

    def quoting() -> ExternalToken:
        raise LookupError(f"401 for Authorization: Bearer {GIVEN['cr_token']} (that was all)")

    return {
        "vpc_instance": lambda **o: TokenProvider.vpc_instance(endpoint=GIVEN["metadata"], **o),
        "container": container,
        "container of a client": lambda **o: container(**client, **o),
        "container of another profile": lambda **o: container(**{"profile_id": "Profile-00000000-0000-0000-0000-000000000000", **o}),
        "container with its token": lambda **o: container(cr_token_file=None, cr_token=GIVEN["cr_token"], **o),
        "api_key": lambda **o: TokenProvider.api_key(key, endpoint=iam, **o),
        "api_key of a client": lambda **o: TokenProvider.api_key(key, endpoint=iam, **client, **o),
        "assume": lambda **o: TokenProvider.assume(base, profile_id=profile, endpoint=iam, **o),
        "external": lambda **o: TokenProvider.external(lambda: (GIVEN["cr_token"], 60), **o),
        "external that quotes": lambda **o: TokenProvider.external(quoting, **o),
        "bearer": lambda **o: TokenProvider.bearer(GIVEN["cr_token"], **o),
    }


def mistakes() -> dict[str, Callable[[], object]]:
    """Calls that cannot work, with a secret in each."""
    key, token = GIVEN["api_key"], GIVEN["cr_token"]
    # Of no type that a checker would hold the calls against.
    provider: Any = TokenProvider
    external_token: Any = ExternalToken
    return {
        "a further option": lambda: provider.api_key(key, bogus=1),
        "a further argument": lambda: provider.api_key(key, key),
        "bytes": lambda: provider.api_key(key.encode()),
        "a list": lambda: provider.api_key([key]),
        "a mapping": lambda: provider.api_key({"key": key}),
        "two words": lambda: provider.api_key(f"{key} {key}"),
        "a line": lambda: provider.api_key(f"{key}\n"),
        "half a character": lambda: provider.api_key(f"{key}\ud800"),
        "no source": lambda: provider(key),
        "a client without id": lambda: provider.api_key(key, client_secret=GIVEN["client_secret"]),
        "a token and a file": lambda: provider.container(profile_id="p", cr_token=token, cr_token_file="/nonexistent"),
        "a base that is none": lambda: provider.assume(key, profile_id="p"),
        "a base with more": lambda: provider.assume({"source": "api_key", "api_key": key, "more": 1}, profile_id="p"),
        "two tokens": lambda: provider.bearer(f"{token} {token}"),
        "a transport": lambda: provider.api_key(key, transport="requests"),
        "an endpoint": lambda: provider.api_key(key, endpoint=f"https://user:{GIVEN['client_secret']}@localhost"),
        "a proxy": lambda: provider.api_key(key, private_proxy=f"http://user:{GIVEN['client_secret']}@["),
        "a life that is none": lambda: external_token(token, key),
        "a token in a text": lambda: f"{provider.bearer(token).token()}",
        "a token to add": lambda: "Bearer " + provider.bearer(token).token(),
        "an attribute": lambda: setattr(provider.bearer(token).token(), "value", token),
        "a callback of texts": lambda: provider.external(lambda: token, policy=GIVEN["policy"]).token(),
        "a callback of lists": lambda: provider.external(lambda: [token, 60], policy=GIVEN["policy"]).token(),
        "a callback of lines": lambda: provider.external(lambda: (f"{token}\n\x01", 60), policy=GIVEN["policy"]).token(),
    }


def say(text: str) -> None:
    """Prints it. Events come from other threads, and some versions of Python mix up what two of them print at once."""
    with _SAYING:
        print(text)


def show(what: str, thing: object) -> None:
    say(f"{what}: {thing!r} {thing!s} {[thing]}")


def show_error(error: BaseException, *, with_locals: bool) -> None:
    show("error", error)
    show("its attributes", vars(error))
    say("".join(traceback.TracebackException.from_exception(error, capture_locals=with_locals).format()))
    if isinstance(error, TrustedProfileError):
        show("its facts", [error.message, error.kind, error.service, error.causes, error.notes, error.args])


def show_provider(tokens: TokenProvider) -> None:
    show("provider", tokens)
    show("its attributes", vars(tokens))
    show("its description", tokens.describe())
    for name in ("_machine", "_sender"):
        show(name, getattr(tokens, name))


def made(make: Callable[..., TokenProvider], transport: str) -> TokenProvider:
    # Nothing is sent to this proxy; its password matters no less.
    proxy = f"http://user:{quote(GIVEN['client_secret'], safe='')}@127.0.0.1:9"
    return make(transport=transport, policy=GIVEN["policy"], on_event=lambda event: show("event", event), private_proxy=proxy)


def exercise(name: str, tokens: TokenProvider) -> None:
    """In no variable of this function is a secret, since those of its frame are shown."""
    say(name)
    ways: tuple[Callable[[], AccessToken], ...] = (tokens.token, lambda: asyncio.run(tokens.token_async(), debug=True))
    for ask in ways:
        try:
            token = ask()
            show("token", token)
            show("what it says", [token.slot, token.expires_at, token.unverified_claims(), token.usable_until])
            tokens.invalidate(token)
        except TrustedProfileError as error:
            show_error(error, with_locals=True)
    show_provider(tokens)


def main() -> None:
    GIVEN.update(json.load(sys.stdin))
    if GIVEN["task"] == "leak":
        for secret in GIVEN["secrets"]:
            print(*(text for _, text in spell(secret)))
        return
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    # What people set who want to see their requests.
    http.client.HTTPConnection.debuglevel = 1
    wanted = {name: make for name, make in sources().items() if name.startswith(tuple(GIVEN["sources"]))}
    kept = [made(make, transport) for transport in ("native", "python") for make in wanted.values()]
    for name, tokens in zip([*wanted, *wanted], kept, strict=True):
        exercise(name, tokens)
    for name, mistake in mistakes().items():
        try:
            mistake()
        except Exception as error:
            say(f"mistake: {name}")
            show_error(error, with_locals=False)
        else:
            raise AssertionError(f"{name}: no mistake")
    report = kept[0].diagnose()
    say(f"{report} {report.facts}")
    raise RuntimeError("this program is done", kept)


if __name__ == "__main__":
    main()
