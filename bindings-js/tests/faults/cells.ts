/** One fault at one place: with an empty cache, after recovery, and with a good token. */

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as errors from "trusted-profile";
import { type AccessToken, type PolicyOptions, type TokenEvent, type TokenProvider } from "trusted-profile";
import { type Account, BRISK, CALM, type Fault, type Hop, POD, type Way } from "./account.js";
import { type Row, TOKEN } from "./rows.js";

/** Milliseconds; far more than a busy machine takes on top of a round's budget. A hang would take for ever. */
const GRACE = 20_000;
/** Seconds that an IAM token lives, of which the last ten are not used. */
const LIFE = 660;

/** What a program sees, in words for the table: with an empty cache, after recovery, with a good token. */
export type Seen = readonly [empty: string, recovered: string, valid: string];

/** Plays all three. */
export async function run(row: Row, hop: Hop, way: Way, account: Account): Promise<Seen> {
  const place = `${row.name}, ${hop.name}, ${way}`;
  return [...(await emptyCache(row, hop, way, account, place)), await validToken(row, hop, way, account, place)];
}

function policyOf(row: Row): PolicyOptions {
  return row.isSlow ? BRISK : CALM;
}

/** A: nothing is cached. B: the very next call once the service is well. */
async function emptyCache(row: Row, hop: Hop, way: Way, account: Account, place: string): Promise<[string, string]> {
  const policy = policyOf(row);
  const tokens = await account.provider(hop, way, { policy });
  await hop.strike(account.simulator, row.fault);
  const started = performance.now();
  const code = await outcomeOf(tokens, row.codeAt(hop), place);
  const elapsed = performance.now() - started;
  // An instance's token takes two rounds: one for each request.
  assert.ok(elapsed < 2 * (policy.remote?.round ?? 0) + GRACE, `${place}: ${elapsed} ms`);
  await account.simulator.heal();
  const token = await tokens.token();
  if (!row.isOfThePast) assert.equal(await account.greeting(token.value), 200, place);
  tokens.dispose();
  return [code ?? TOKEN, TOKEN];
}

/** The code of the error of the next call, which is as clear as it has to be; undefined for a token. */
async function outcomeOf(tokens: TokenProvider, expected: string | undefined, place: string): Promise<string | undefined> {
  const error = await tokens.token().then(() => undefined, (error: unknown) => error as errors.TrustedProfileError);
  assert.equal(error?.code, expected, `${place}: ${String(error)}`);
  if (error === undefined) return undefined;
  assert.equal(error.name, classOf(error.code), place);
  assert.ok(error.message.includes(". Fix: ") && error.causes.length > 0 && error.attempts >= 1, `${place}: ${error.message}`);
  return error.code;
}

/** The class of a code, by its name: the package for browsers has classes of its own. */
function classOf(code: string): string {
  const name = `${code.split("_").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("")}Error`;
  assert.ok(name in errors, name);
  return name;
}

/** A provider with a token that is due for refresh and good for ten more minutes, and with the fault in force. */
export class Due {
  private constructor(readonly tokens: TokenProvider, readonly token: AccessToken, readonly events: TokenEvent[]) {}

  static async arrange(fault: Fault, hop: Hop, way: Way, account: Account, policy: PolicyOptions): Promise<Due> {
    await account.simulator.control("PATCH", "settings", { iam_token_lifetime_seconds: LIFE });
    for (let dueAfter = 300; dueAfter < GRACE; dueAfter *= 2) {
      const due = await Due.#attempt(fault, hop, way, account, policy, dueAfter);
      if (due !== undefined) return due;
      await account.simulator.heal();
    }
    throw new Error(`a token takes longer than ${GRACE} ms`);
  }

  /** Undefined where this machine is so busy that the token may have been refreshed before the fault was there. */
  static async #attempt(fault: Fault, hop: Hop, way: Way, account: Account, policy: PolicyOptions, dueAfter: number): Promise<Due | undefined> {
    const events: TokenEvent[] = [];
    const refreshing = { ...policy, refreshAt: dueAfter / 1000 / LIFE, refreshJitter: 0 };
    const tokens = await account.provider(hop, way, { policy: refreshing, onEvent: (event) => events.push(event) });
    const started = performance.now();
    const token = await tokens.token();
    const arrived = performance.now();
    // So that the refresh needs a new one.
    if (hop !== POD) await account.simulator.control("POST", "tokens/revoke", { all: "identity" });
    await hop.strike(account.simulator, fault);
    if (performance.now() - started >= dueAfter / 2) {
      tokens.dispose();
      return undefined;
    }
    await sleep(Math.max(0, arrived + dueAfter + 5 - performance.now()));
    assert.ok(token.usableUntil.unix >= Date.now() + 600_000, "ten more minutes");
    events.length = 0;
    return new Due(tokens, token, events);
  }

  /** The cached token, within this very turn of the event loop: nothing can have been waited for. */
  async assertCached(place: string): Promise<void> {
    let isNextTurn = false;
    const next = setImmediate(() => (isNextTurn = true));
    const token = await this.tokens.token();
    clearImmediate(next);
    assert.equal(isNextTurn, false, `${place}: somebody waited`);
    assert.ok(token.value === this.token.value, `${place}: the cached token was replaced`);
  }

  /** The code with which the next refresh ends, or `refreshed`. Callers come all the while, and drive it on. */
  async nextRefresh(place: string, eachTime: () => Promise<unknown>): Promise<string> {
    for (const deadline = performance.now() + GRACE; performance.now() < deadline; await sleep(5)) {
      await eachTime();
      // What happens on the way there, to the identity token say, does not matter.
      for (let event = this.events.shift(); event !== undefined; event = this.events.shift()) {
        if (event.event === "refresh_failed") return event.error.code;
        if (event.event === "refreshed" && event.slot === "iam") return "refreshed";
      }
    }
    throw new Error(`${place}: the refresh never ended`);
  }
}

/** C: the cached token is good for ten more minutes, and its refresh meets the fault. */
async function validToken(row: Row, hop: Hop, way: Way, account: Account, place: string): Promise<string> {
  const due = await Due.arrange(row.fault, hop, way, account, policyOf(row));
  const { tokens } = due;
  const expected = row.codeAt(hop);
  let end = await due.nextRefresh(place, () => (expected === undefined ? tokens.token() : due.assertCached(place)));
  assert.equal(end, expected ?? "refreshed", place);
  if (expected !== undefined) for (let caller = 0; caller < 4; caller += 1) await due.assertCached(place);
  await account.simulator.heal();
  // A refresh that was begun under the fault may still fail.
  while (end !== "refreshed") end = await due.nextRefresh(place, () => tokens.token());
  const token = await tokens.token();
  assert.ok(token.value !== due.token.value, `${place}: not replaced`);
  if (!row.isOfThePast) assert.equal(await account.greeting(token.value), 200, place);
  tokens.dispose();
  return expected === undefined ? "refreshed" : "cached token";
}
