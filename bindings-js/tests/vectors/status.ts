/** Compares the machine's status, and spells events as scripts do. */

import type { Instant, SlotStatus as FoundSlot, Status as FoundStatus, TokenEvent } from "trusted-profile";
import { Difference, sameIfGiven } from "../difference.js";
import type { SlotStatus, Status } from "./expected.js";

/** Throws the first difference. */
export function checkStatus(expected: Status, found: FoundStatus): void {
  sameIfGiven("source", expected.source, found.source);
  sameIfGiven("protocol", expected.protocol, found.protocol ?? "none");
  sameIfGiven("clock_skew_seconds", expected.clock_skew_seconds, found.clockSkewSeconds);
  for (const [name, slot] of Object.entries(expected.slots)) {
    const known = found.slots.find((one) => one.slot === name);
    if (known === undefined) throw new Difference(`the status has no slot ${name}`);
    checkSlot(`status of ${name}: `, slot, known);
  }
}

function checkSlot(where: string, expected: SlotStatus, found: FoundSlot): void {
  sameIfGiven(`${where}generation`, expected.generation, found.generation);
  sameIfGiven(`${where}has_token`, expected.has_token, found.usableUntil !== null);
  sameIfGiven(`${where}usable_until`, expected.usable_until, monotonic(found.usableUntil));
  sameIfGiven(`${where}refresh_at`, expected.refresh_at, monotonic(found.refreshAt));
  sameIfGiven(`${where}fetching`, expected.fetching, found.fetching);
  sameIfGiven(`${where}failed_refreshes`, expected.failed_refreshes, found.failedRefreshes);
  sameIfGiven(`${where}last_failure`, expected.last_failure, found.lastFailure?.error.code ?? "none");
}

function monotonic(instant: Instant | null): unknown {
  return instant === null || instant === "never" ? instant : instant.monotonicMs;
}

/** An event as scripts write it. */
export function eventOf(happened: TokenEvent): Readonly<Record<string, unknown>> {
  const { event, ...facts } = happened;
  const spelled = Object.entries(facts).map(([name, fact]) => (name === "error" ? ["code", (fact as { code: string }).code] : [NAMES[name] ?? name, fact]));
  return { [event]: Object.fromEntries(spelled) };
}

const NAMES: Readonly<Record<string, string>> = { lifeMs: "life", replacedAgeMs: "replaced_age", tokenAgeMs: "token_age", remainingMs: "remaining" };
