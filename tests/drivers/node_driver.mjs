// The driver for JavaScript: no lock, since nothing else runs in the same turn; one promise for each
// waiter, and a promise with its own catch for each exchange. `stage` stands for the transport and
// for what a proof has to observe; everything else is what a wrapper does.

/** There is no token, and this is why. */
export class TokenError extends Error {}

/** Ends a unit of work early: nothing of it will be reported. */
export class Dropped extends Error {}

export class Driver {
  constructor(machine, stage) {
    this.machine = machine;
    this.stage = stage;
    this.waiters = new Set();
    this.units = new Set();
  }

  /** A token. `signal` ends this call and nothing else. */
  async token(caller, signal) {
    const ticket = this.machine.ticket();
    for (;;) {
      signal?.throwIfAborted();
      const action = this.machine.poll(ticket, this.stage.now());
      switch (action.do) {
        case "ready":
          this.volunteer();
          return action.token;
        case "failed":
          throw new TokenError(action.error);
        case "wait":
          this.stage.beginsToWait();
          await this.wait(action.at_most_ms, signal);
          break;
        default:
          this.takeOn(action, caller);
          this.start(this.perform(action, this.stage.has("tied") ? signal : undefined));
      }
    }
  }

  /** Registers in the turn of the poll: whatever is reported later finds the waiter. */
  async wait(atMost, signal) {
    const deadline = performance.now() + atMost;
    const reports = this.stage.reports;
    if (this.stage.has("late_wait")) await this.stage.pause(reports, deadline, signal);
    const waiter = this.register(atMost, signal);
    try {
      await this.stage.pause(reports, deadline, signal);
      await waiter.over;
    } finally {
      waiter.end();
    }
  }

  register(atMost, signal) {
    let settle;
    const over = new Promise((resolve) => (settle = resolve));
    const waiter = { over };
    const runOut = () => {
      this.stage.ranOut(atMost);
      waiter.end();
    };
    // Timers take whole milliseconds and cut off the rest: rounded down, they would end too early.
    const timer = setTimeout(runOut, Math.ceil(atMost));
    waiter.end = () => {
      // A timer left behind would keep the process alive.
      clearTimeout(timer);
      signal?.removeEventListener("abort", waiter.end);
      this.waiters.delete(waiter);
      settle();
    };
    signal?.addEventListener("abort", waiter.end);
    this.waiters.add(waiter);
    return waiter;
  }

  takeOn(work, caller) {
    work.ordinal = this.stage.handedOut(work.hop, caller);
  }

  /** Nobody awaits a unit of work, so it must not reject: that would end the process. */
  start(unit) {
    const safe = unit.catch(() => {}).finally(() => this.units.delete(safe));
    this.units.add(safe);
  }

  /** A unit of work. It says what became of it however it ends. */
  async perform(work, signal) {
    let report = { op: "abandon" };
    try {
      report = await this.stage.transport(work, signal);
    } catch (error) {
      // A failure like any other, unless the unit was stopped. Given back, it would be sent again at
      // once, and again.
      const isStopped = error instanceof Dropped || this.stage.has("exception_abandons");
      if (!isStopped) report = { op: "handle", error: "other" };
    }
    if (report === null || (report.op === "abandon" && this.stage.has("no_abandon"))) return;
    this.report({ id: work.id, ...report });
  }

  volunteer() {
    const work = this.machine.pollRefresh(this.stage.now());
    if (work.do === "nothing") return;
    this.takeOn(work);
    this.stage.volunteered();
    this.start(this.refresh(work));
  }

  /** The work of a volunteer: step by step, until nothing is left to do. */
  async refresh(first) {
    for (let work = first; work.do !== "nothing"; ) {
      await this.perform(work);
      work = this.machine.pollRefresh(this.stage.now());
      if (work.do !== "nothing") this.takeOn(work);
    }
  }

  /** Calls the machine, then wakes all waiters, in one turn. */
  report(call) {
    this.machine.call({ ...call, now: this.stage.now() });
    if (!this.stage.has("no_wake")) {
      const woken = [...this.waiters];
      if (this.stage.has("wake_one")) woken.length = Math.min(woken.length, 1);
      for (const waiter of woken) waiter.end();
    }
    this.stage.reported();
  }

  async join() {
    while (this.units.size > 0) await Promise.all(this.units);
  }
}
