"""The driver for asyncio: one lock, one future for each waiter, a short thread for each exchange.

Any number of event loops in any number of threads share one machine. `stage` stands for the
transport and for what a proof has to observe; everything else is what a wrapper does.
"""

import asyncio
import threading


class TokenError(Exception):
    """There is no token, and this is why."""


def resolve(waiter):
    # It may have been cancelled, or run out, since it was woken.
    if not waiter.done():
        waiter.set_result(None)


class Driver:
    def __init__(self, machine, stage):
        self.machine = machine
        self.stage = stage
        self.lock = threading.Lock()
        # In order of arrival. Entries are added and swapped out under the lock, but taken out
        # without it: a `finally` may run in the garbage collector, in a thread that holds the lock.
        self.waiters = {}
        self.units = []

    async def token(self, caller):
        loop = asyncio.get_running_loop()
        ticket = self.machine.ticket()
        gone = threading.Event()
        try:
            while True:
                # Made before the lock is taken, so that nothing has to be allocated under it.
                waiter = loop.create_future()
                refresh = None
                with self.lock:
                    action = self.machine.poll(ticket, self.stage.now())
                    reports = self.stage.reports
                    if action["do"] == "wait":
                        self.stage.begins_to_wait()
                        if not self.stage.has("late_wait"):
                            self.waiters[waiter] = None
                    elif action["do"] == "ready":
                        refresh = self.take_on(self.machine.poll_refresh(self.stage.now()), None)
                    else:
                        self.take_on(action, caller)
                if action["do"] == "ready":
                    if refresh:
                        self.stage.volunteered()
                        self.start(self.refresh, refresh)
                    return action["token"]
                if action["do"] == "failed":
                    raise TokenError(action["error"])
                if action["do"] == "wait":
                    await self.wait(waiter, action["at_most_ms"] / 1000, reports)
                else:
                    self.start(self.perform, action, gone if self.stage.has("tied") else None)
        finally:
            gone.set()
            self.stage.look_again()

    async def wait(self, waiter, at_most, reports):
        loop = waiter.get_loop()
        deadline = loop.time() + at_most
        try:
            await self.stage.pause(reports, deadline)
            if self.stage.has("late_wait"):
                self.waiters[waiter] = None
            await asyncio.wait([waiter], timeout=max(0.0, deadline - loop.time()))
            # The clock counts, too: a loop that slept through its wake-up finds it afterwards.
            if not waiter.done() or loop.time() >= deadline:
                self.stage.ran_out(at_most)
        finally:
            self.waiters.pop(waiter, None)

    def take_on(self, action, caller):
        if action["do"] not in ("send", "input"):
            return None
        action["ordinal"] = self.stage.handed_out(action["hop"], caller)
        return action

    def start(self, run, *arguments):
        unit = threading.Thread(target=run, args=arguments, name="trusted-profile")
        self.units.append(unit)
        unit.start()

    def perform(self, work, gone=None):
        """A unit of work. It says what became of it however it ends."""
        report = ("abandon", {})
        try:
            report = self.stage.transport(work, gone)
        except Exception:
            # A failure like any other. Given back, it would be sent again at once, and again.
            if not self.stage.has("exception_abandons"):
                report = "handle", {"error": "other"}
        finally:
            # What is no Exception, such as SystemExit, stopped the unit: the work is given back.
            if report and not (report[0] == "abandon" and self.stage.has("no_abandon")):
                self.report(report[0], id=work["id"], **report[1])

    def refresh(self, work):
        """The work of a volunteer: step by step, until nothing is left to do."""
        while work:
            self.perform(work)
            with self.lock:
                work = self.take_on(self.machine.poll_refresh(self.stage.now()), None)

    def report(self, call, **arguments):
        """Calls the machine, then wakes all waiters."""
        with self.lock:
            self.machine.call(call, now=self.stage.now(), **arguments)
            self.stage.reports += 1
            woken, self.waiters = self.waiters, {}
        if not self.stage.has("no_wake"):
            self.wake(list(woken))
        self.stage.look_again()

    def wake(self, woken):
        if self.stage.has("wake_one"):
            woken = woken[:1]
        for waiter in woken:
            if self.stage.has("wrong_thread"):
                resolve(waiter)
                continue
            try:
                waiter.get_loop().call_soon_threadsafe(resolve, waiter)
            except RuntimeError:
                # That loop is closed, and its callers with it. The others still have to be woken.
                if self.stage.has("closed_loop_stops_wake"):
                    return

    def join(self):
        while self.units:
            self.units.pop().join()
