// Plays jobs with the driver for JavaScript: `node node_stage.mjs JOBS REPORTS`.
//
// Standard input and output are the line to the machine; JOBS and REPORTS hold a JSON object a line.
// Everything waits for events; only patience is measured by a clock.

import { readFileSync, readSync, writeFileSync, writeSync } from "node:fs";
import { Driver, Dropped, TokenError } from "./node_driver.mjs";

const LONG = 100; // Waits for a unit of work are at least this long; waits for a backoff are far shorter.
const PREFILL = -1; // The caller that comes before all others.

/** Calls that return at once, as calls into wasm do. */
class Machine {
  tickets = 0;
  buffer = Buffer.alloc(1 << 16);

  call(call) {
    writeSync(1, `${JSON.stringify(call)}\n`);
    let line = "";
    while (!line.endsWith("\n")) {
      const length = readSync(0, this.buffer);
      if (length === 0) throw new Error("the machine is gone");
      line += this.buffer.toString("utf8", 0, length);
    }
    const reply = JSON.parse(line);
    if (reply.do === "refused") throw new Error(reply.why);
    return reply;
  }

  ticket() {
    return this.tickets++;
  }

  poll(ticket, now) {
    return this.call({ op: "poll", ticket, now });
  }

  pollRefresh(now) {
    return this.call({ op: "poll_refresh", now });
  }
}

class Stage {
  constructor(job) {
    Object.assign(this, { job, watchers: new Set(), passed: 0, reports: 0, works: {}, tokens: new Set(), errors: new Set(), stuck: false });
    this.counts = { ok: 0, failed: 0, cancelled: 0, lost: 0, volunteers: 0 };
    this.begin();
  }

  begin() {
    Object.assign(this, { waiting: 0, returned: 0, ordinals: 0, sender: undefined, moment: false });
  }

  has(defect) {
    return this.job.defect === defect;
  }

  now() {
    return [performance.now() + this.passed, Date.now() + this.passed];
  }

  lookAgain() {
    for (const watcher of [...this.watchers]) watcher();
  }

  /** Waits until something is so; false when the time ran out first. */
  until(ms, isSo) {
    if (isSo()) return true;
    return new Promise((resolve) => {
      const end = (result) => {
        clearTimeout(timer);
        this.watchers.delete(look);
        resolve(result);
      };
      const look = () => isSo() && end(true);
      const timer = setTimeout(() => end(false), Math.max(0, ms));
      this.watchers.add(look);
    });
  }

  /** Waits for what has to happen; if it does not, the play is stuck. */
  async expect(isSo) {
    if (!(await this.until(this.job.patience_ms, isSo))) this.stuck = true;
  }

  /** The hook between poll and wait: what is waited for happens meanwhile. */
  async pause(reports, deadline, signal) {
    if (this.job.hook) await this.until(deadline - performance.now(), () => this.reports > reports || signal?.aborted);
  }

  /** The call to make, once its gate is open; null, if the unit of work vanishes. */
  async transport(work, signal) {
    let give = "token";
    if (work.ordinal !== undefined) {
      const step = this.job.works[work.ordinal] ?? this.job;
      give = step.give;
      await this.expect(() => this.isOpen(step.gate) || signal?.aborted);
    }
    if (give === "dropped" || signal?.aborted) throw new Dropped();
    if (give === "exception") throw new TypeError("the transport threw");
    if (give === "silence") return null;
    if (give === "unavailable") return { op: "handle", status: 503 };
    const token = `${work.hop}-${this.works[work.hop]}`;
    if (work.paths) return { op: "provide", paths: work.paths, text: token };
    return { op: "handle", status: 200, body: JSON.stringify({ access_token: token, expires_in: 3600 }) };
  }

  isOpen(gate) {
    return this.waiting >= gate.waiting && this.returned >= gate.returned && (this.moment || !gate.moment);
  }

  handedOut(hop, caller) {
    this.works[hop] = (this.works[hop] ?? 0) + 1;
    if (caller === PREFILL) return undefined;
    this.waiting = 0;
    this.sender ??= caller;
    return this.ordinals++;
  }

  beginsToWait() {
    this.waiting++;
    this.lookAgain();
  }

  reported() {
    this.reports++;
    this.lookAgain();
  }

  ranOut(atMost) {
    if (atMost >= LONG) this.counts.lost++;
  }

  volunteered() {
    this.counts.volunteers++;
  }

  over(name) {
    this.counts[name]++;
    this.returned++;
    this.lookAgain();
  }
}

async function call(driver, caller, signal) {
  const { stage } = driver;
  let name = "cancelled";
  try {
    const token = await driver.token(caller, signal);
    if (caller !== PREFILL) stage.tokens.add(token);
    name = "ok";
  } catch (error) {
    if (error instanceof TokenError) {
      stage.errors.add(error.message);
      name = "failed";
    } else if (!signal?.aborted) {
      throw error;
    }
  }
  if (caller !== PREFILL) stage.over(name);
}

/** Makes the moment happen. */
async function direct(stage, driver, aborts) {
  const { waiting, then } = stage.job.moment;
  await stage.expect(() => stage.waiting >= waiting);
  const all = [...aborts.keys()];
  const others = all.filter((caller) => caller !== stage.sender);
  const leaving = { cancel_sender: [stage.sender], cancel_waiters: others.slice(0, 10), cancel_all: all }[then] ?? [];
  for (const caller of leaving) aborts[caller].abort();
  stage.lookAgain();
  if (then === "invalidate") driver.report({ op: "invalidate", generation: 1 });
  if (then === "after_fork") driver.report({ op: "after_fork", seed: 8 });
  await stage.expect(() => stage.returned >= leaving.length);
  stage.moment = true;
  stage.lookAgain();
}

async function crowd(stage, driver, callers, moment) {
  const aborts = Array.from({ length: callers }, () => new AbortController());
  const calls = aborts.map((abort, caller) => call(driver, caller, abort.signal));
  if (moment) await direct(stage, driver, aborts);
  await Promise.all(calls);
}

async function play(job, machine) {
  const stage = new Stage(job);
  let driver;
  for (let round = 0; round < job.repeat; round++) {
    stage.begin();
    machine.call({ op: "new", source: job.source, policy: job.policy, seed: 7 });
    driver = new Driver(machine, stage);
    if (job.prefill) {
      await call(driver, PREFILL);
      stage.passed += job.prefill.then_pass_s * 1000;
      if (job.prefill.then_invalidate) driver.report({ op: "invalidate", generation: 1 });
    }
    await crowd(stage, driver, job.callers, job.moment);
    await crowd(stage, driver, job.late, null);
    await driver.join();
  }
  const events = {};
  for (const event of machine.call({ op: "events" }).events) events[event] = (events[event] ?? 0) + 1;
  return {
    works: stage.works,
    ...stage.counts,
    tokens: stage.tokens.size,
    errors: stage.errors.size,
    left: driver.waiters.size,
    generation: machine.call({ op: "status" }).generation,
    stuck: stage.stuck,
    events,
  };
}

const [jobs, reports] = process.argv.slice(2);
const machine = new Machine();
writeFileSync(reports, "");
for (const job of readFileSync(jobs, "utf8").split("\n").filter(Boolean)) {
  writeFileSync(reports, `${JSON.stringify(await play(JSON.parse(job), machine))}\n`, { flag: "a" });
}
