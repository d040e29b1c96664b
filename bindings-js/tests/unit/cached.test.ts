/** What is handed out without asking the machine, and what is found for many at once. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type PolicyOptions, TokenProvider } from "trusted-profile";

const LIFE = 3600;

/** A provider of numbered tokens, and how often its callback was called. */
async function numbered(policy: PolicyOptions = {}): Promise<{ tokens: TokenProvider; calls: () => number }> {
  let calls = 0;
  const tokens = await TokenProvider.external(async () => ({ accessToken: `token-${(calls += 1)}`, expiresIn: LIFE }), { policy });
  return { tokens, calls: () => calls };
}

/** Lets the monotonic clock reach a moment that is milliseconds away. */
function reach(moment: number): void {
  while (performance.now() < moment);
}

test("many callers at once, with patience and without, share one call of the callback and one token", async () => {
  const { tokens, calls } = await numbered();
  const herd = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? tokens.token() : tokens.token({ timeout: 60_000 })));
  const found = new Set(await Promise.all(herd));
  assert.deepEqual([found.size, calls()], [1, 1]);
  assert.ok(found.has(await tokens.token()) && tokens.peek() === (await tokens.token()));
});

test("who gives up takes nobody along", async () => {
  const { tokens, calls } = await numbered();
  const leaving = new AbortController();
  const left = tokens.token({ signal: leaving.signal });
  const stayed = tokens.token();
  leaving.abort(new Error("gone"));
  await assert.rejects(left, /gone/);
  assert.deepEqual([(await stayed).value, calls()], ["token-1", 1]);
});

test("who comes after a refusal is not told what was found before it", async () => {
  // Due at once, so that callers ask the machine.
  const { tokens } = await numbered({ refreshAt: 1 / 1000 / LIFE, refreshJitter: 0 });
  const first = await tokens.token();
  reach(first.refreshAt.monotonic + 1);
  const before = tokens.token();
  tokens.invalidate(first);
  const after = tokens.token();
  assert.equal((await before).value, "token-1");
  assert.notEqual((await after).value, "token-1");
});

test("either clock ends a token that is kept", async (t) => {
  const { tokens } = await numbered();
  const token = await tokens.token();
  assert.equal(tokens.peek(), token);
  t.mock.method(Date, "now", () => token.usableUntil.unix);
  reach(performance.now() + 1);
  assert.equal(tokens.peek(), undefined);
  t.mock.restoreAll();
  reach(performance.now() + 1);
  assert.equal(tokens.peek(), token);
  t.mock.method(performance, "now", () => token.usableUntil.monotonic);
  assert.equal(tokens.peek(), undefined);
});
