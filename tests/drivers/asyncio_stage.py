"""Plays jobs with the driver for asyncio: `asyncio_stage.py JOBS REPORTS`.

Standard input and output are the line to the machine; `JOBS` and `REPORTS` hold a JSON object a
line. Everything waits for events; only patience is measured by a clock.
"""

import asyncio
import collections
import itertools
import json
import logging
import sys
import threading
import time

from asyncio_driver import Driver, TokenError

LONG = 0.1  # Waits for a unit of work are at least this long; waits for a backoff are far shorter.
PREFILL = -1  # The caller that comes before all others.


class Machine:
    """Calls that return at once, as calls through FFI do. To be made under the driver's lock."""

    def __init__(self):
        self.tickets = itertools.count()

    def call(self, op, **arguments):
        sys.stdout.buffer.write(json.dumps({"op": op, **arguments}).encode() + b"\n")
        sys.stdout.buffer.flush()
        reply = json.loads(sys.stdin.buffer.readline())
        if reply.get("do") == "refused":
            raise SystemError(reply["why"])
        return reply

    def ticket(self):
        return next(self.tickets)

    def poll(self, ticket, now):
        return self.call("poll", ticket=ticket, now=now)

    def poll_refresh(self, now):
        return self.call("poll_refresh", now=now)


class Stage:
    def __init__(self, job):
        self.job = job
        self.changed = threading.Condition()
        self.watchers = []
        self.passed = 0.0
        self.reports = 0
        self.counts = collections.Counter()
        self.works = collections.Counter()
        self.tokens = set()
        self.errors = set()
        self.stuck = False
        self.begin()

    def begin(self):
        self.waiting = self.returned = self.ordinals = 0
        self.sender = None
        self.moment = False
        self.closed = set()

    def has(self, defect):
        return self.job["defect"] == defect

    def now(self):
        return [(time.monotonic() + self.passed) * 1000, (time.time() + self.passed) * 1000]

    def look_again(self):
        with self.changed:
            self.changed.notify_all()
            watchers, self.watchers = self.watchers, []
        for watcher in watchers:
            try:
                watcher.get_loop().call_soon_threadsafe(lambda watcher=watcher: watcher.done() or watcher.set_result(None))
            except RuntimeError:
                pass  # A closed loop watches nothing.

    def expect(self, is_so):
        """Blocks until what has to happen; if it does not, the play is stuck."""
        with self.changed:
            if not self.changed.wait_for(is_so, self.job["patience_ms"] / 1000):
                self.stuck = True

    async def pause(self, reports, deadline):
        """The hook between poll and wait: what is waited for happens meanwhile."""
        loop = asyncio.get_running_loop()
        while self.job["hook"] and self.reports <= reports and loop.time() < deadline:
            watcher = loop.create_future()
            with self.changed:
                self.watchers.append(watcher)
                is_late = self.reports > reports
            if not is_late:
                await asyncio.wait([watcher], timeout=deadline - loop.time())

    def transport(self, work, gone):
        """The call to make, once its gate is open; nothing, if the unit of work vanishes."""
        ordinal, give = work["ordinal"], "token"
        if ordinal is not None:
            works = self.job["works"]
            step = works[ordinal] if ordinal < len(works) else self.job
            gate, give = step["gate"], step["give"]
            self.expect(lambda: self.is_open(gate) or (gone and gone.is_set()))
        if give == "dropped" or (gone and gone.is_set()):
            raise SystemExit
        if give == "exception":
            raise ValueError("the transport threw")
        if give == "silence":
            return None
        if give == "unavailable":
            return "handle", {"status": 503}
        token = f"{work['hop']}-{self.works[work['hop']]}"
        if "paths" in work:
            return "provide", {"paths": work["paths"], "text": token}
        return "handle", {"status": 200, "body": json.dumps({"access_token": token, "expires_in": 3600})}

    def is_open(self, gate):
        return self.waiting >= gate["waiting"] and self.returned >= gate["returned"] and (self.moment or not gate["moment"])

    def handed_out(self, hop, caller):
        with self.changed:
            self.works[hop] += 1
            if caller == PREFILL:
                return None
            self.waiting = 0
            if self.sender is None:
                self.sender = caller
            self.ordinals += 1
            return self.ordinals - 1

    def begins_to_wait(self):
        with self.changed:
            self.waiting += 1
            self.changed.notify_all()

    def ran_out(self, at_most):
        if at_most >= LONG:
            self.count("lost")

    def volunteered(self):
        self.count("volunteers")

    def count(self, name):
        with self.changed:
            self.counts[name] += 1

    def over(self, caller, name):
        with self.changed:
            if caller not in self.closed:
                self.counts[name] += 1
                self.returned += 1
                self.changed.notify_all()


class Loops:
    """Event loops, each in a thread of its own."""

    def __init__(self, number):
        self.loops = [asyncio.new_event_loop() for _ in range(number)]
        self.threads = [threading.Thread(target=loop.run_forever, daemon=True) for loop in self.loops]
        for thread in self.threads:
            thread.start()

    def submit(self, number, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loops[number % len(self.loops)])

    def close(self, number):
        loop = self.loops[number]
        if not loop.is_closed():
            loop.call_soon_threadsafe(loop.stop)
            self.threads[number].join()
            loop.close()


async def call(driver, caller):
    stage, name = driver.stage, "cancelled"
    try:
        token = await driver.token(caller)
        if caller != PREFILL:
            stage.tokens.add(token)
        name = "ok"
    except TokenError as error:
        stage.errors.add(str(error))
        name = "failed"
    finally:
        if caller != PREFILL:
            stage.over(caller, name)


def direct(stage, driver, loops, calls):
    """Makes the moment happen."""
    then = stage.job["moment"]["then"]
    stage.expect(lambda: stage.waiting >= stage.job["moment"]["waiting"])
    others = [caller for caller in range(len(calls)) if caller != stage.sender]
    leaving = {"cancel_sender": [stage.sender], "cancel_waiters": others[:10], "cancel_all": range(len(calls))}.get(then, [])
    for caller in leaving:
        calls[caller].cancel()
    if then == "invalidate":
        driver.report("invalidate", generation=1)
    elif then == "after_fork":
        driver.report("after_fork", seed=8)
    elif then == "close_loop":
        loops.close(1)
        with stage.changed:
            stage.closed = set(range(1, len(calls), 2))
            stage.counts["cancelled"] += len(stage.closed)
            stage.returned += len(stage.closed)
    stage.expect(lambda: stage.returned >= len(leaving))
    stage.moment = True
    stage.look_again()


def crowd(stage, driver, loops, callers, moment):
    before = stage.returned
    calls = {}
    # The last loop's callers come first, so that all others stand behind them in the order of waking.
    for number in reversed(range(len(loops.loops))):
        calls |= {caller: loops.submit(number, call(driver, caller)) for caller in range(number, callers, len(loops.loops))}
        if number and moment:
            stage.expect(lambda: stage.waiting >= callers // len(loops.loops))
    if moment:
        direct(stage, driver, loops, calls)
    stage.expect(lambda: stage.returned >= before + callers)


def play(job, machine):
    stage, loops, driver = Stage(job), Loops(job["loops"]), None
    for _ in range(job["repeat"]):
        stage.begin()
        machine.call("new", source=job["source"], policy=job["policy"], seed=7)
        driver = Driver(machine, stage)
        if job["prefill"]:
            loops.submit(0, call(driver, PREFILL)).result()
            stage.passed += job["prefill"]["then_pass_s"]
            if job["prefill"]["then_invalidate"]:
                driver.report("invalidate", generation=1)
        crowd(stage, driver, loops, job["callers"], job["moment"])
        crowd(stage, driver, loops, job["late"], None)
        driver.join()
    for number in range(job["loops"]):
        loops.close(number)
    return {
        "works": stage.works,
        **{name: stage.counts[name] for name in ("ok", "failed", "cancelled", "lost", "volunteers")},
        "tokens": len(stage.tokens),
        "errors": len(stage.errors),
        "left": len(driver.waiters),
        "generation": machine.call("status")["generation"],
        "stuck": stage.stuck,
        "events": collections.Counter(machine.call("events")["events"]),
    }


def main():
    # A loop that is closed on purpose leaves tasks behind; asyncio would tell.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    machine = Machine()
    with open(sys.argv[1]) as jobs, open(sys.argv[2], "w") as reports:
        for job in jobs:
            print(json.dumps(play(json.loads(job), machine)), file=reports, flush=True)


main()
