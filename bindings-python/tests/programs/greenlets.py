"""Greenlets that fetch, under the library that is named. Prints what they saw."""

from __future__ import annotations

import json
import sys

library, endpoint, ca_bundle = sys.argv[1:]
if library == "gevent":
    import gevent.monkey

    gevent.monkey.patch_all()
    spawn, pause = gevent.spawn, gevent.sleep
else:
    import eventlet

    eventlet.monkey_patch()
    spawn, pause = eventlet.spawn, eventlet.sleep

from trusted_profile import TokenProvider

source = json.loads(endpoint)
ticks, found, callers = 0, list[tuple[str, int]](), 50


def tick() -> None:
    global ticks
    while len(found) < callers:
        pause(0.001)
        ticks += 1


def ask() -> None:
    token = tokens.token()
    found.append((token.value, token.generation))


tokens = TokenProvider(source, ca_bundle=ca_bundle or None)
spawn(tick)
for _ in range(callers):
    spawn(ask)
while len(found) < callers:
    pause(0.001)
facts = {"transport": tokens.describe()["transport"], "ticks": ticks, "tokens": len(set(found)), "callers": len(found)}

# One that gives up harms nobody, and leaves nothing behind.
tokens.invalidate()
killed = spawn(tokens.token)
pause(0.02)
killed.kill()
facts["after_a_kill"] = tokens.token().generation
print(json.dumps(facts))
