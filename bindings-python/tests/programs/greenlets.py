"""Greenlets that fetch, under the library that is named. Prints what they saw."""

from __future__ import annotations

import json
import sys
from typing import Any

library, endpoint, ca_bundle = sys.argv[1:]
if library == "gevent":
    import gevent.monkey

    gevent.monkey.patch_all()
    spawn, pause = gevent.spawn, gevent.sleep
else:
    import eventlet

    eventlet.monkey_patch()
    spawn, pause = eventlet.spawn, eventlet.sleep

from trusted_profile import TokenProvider, TrustedProfileError

source = json.loads(endpoint)
found, callers = list[tuple[str, int]](), 50
times = {"connect": 5, "attempt": 20, "round": 20}
policy = {"link_local": times, "remote": times, "max_attempts": 1}


def ticks_during_a_fetch() -> int:
    """How often others have their turn during a fetch whose answer never comes: 50, or fewer if it ends before."""
    ticks, ended = 0, list[str]()

    def ask_in_vain() -> None:
        try:
            tokens.token()
        except TrustedProfileError as error:
            ended.append(error.code)

    with TokenProvider(source, ca_bundle=ca_bundle or None, policy=policy) as tokens:
        spawn(ask_in_vain)
        while not ended and ticks < 50:
            pause(0.001)
            # Those before it begins do not count.
            ticks += any(slot["fetching"] for slot in tokens.describe()["slots"])
    while not ended:
        pause(0.001)
    return ticks


def ask() -> None:
    token = tokens.token()
    found.append((token.value, token.generation))


facts: dict[str, Any] = {"ticks": ticks_during_a_fetch()}
tokens = TokenProvider(source, ca_bundle=ca_bundle or None, policy={**policy, "max_attempts": 4})
for _ in range(callers):
    spawn(ask)
while len(found) < callers:
    pause(0.001)
facts |= {"transport": tokens.describe()["transport"], "tokens": len(set(found)), "callers": len(found)}

# One that gives up harms nobody, and leaves nothing behind.
tokens.invalidate()
killed = spawn(tokens.token)
pause(0.02)
killed.kill()
facts["after_a_kill"] = tokens.token().generation
print(json.dumps(facts))
