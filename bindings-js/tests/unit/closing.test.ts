/** The end of providers, and of machines whose WebAssembly fails. */

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type AccessToken, ClosedError, InternalError, TokenProvider } from "trusted-profile";
import { Ticket, TokenManager } from "trusted-profile/sansio";
import { memory } from "./instances.js";
import { clockAhead, served, simulated, watched } from "./setting.js";

async function withToken(t: TestContext): Promise<Awaited<ReturnType<typeof served>> & { readonly token: AccessToken }> {
  const setting = await served(t);
  const asked = setting.tokens.token();
  (await setting.service.next()).grant("token-1");
  return { ...setting, token: await asked };
}

test("whoever waits when a provider is disposed of is told so, and so is whoever comes later", async (t) => {
  watched(t);
  const { tokens, service } = await served(t);
  const waiting = [tokens.token(), tokens.token({ timeout: 60_000 })];
  const { init } = await service.next();
  tokens.dispose();
  tokens.dispose();
  for (const asked of [...waiting, tokens.token(), tokens.identityToken()]) {
    await assert.rejects(asked, (error) => error instanceof ClosedError && error.summary === "the provider was closed");
  }
  assert.equal(init.signal?.aborted, true, "nobody wants the answer");
  assert.equal(tokens.peek(), undefined);
  assert.throws(() => tokens.describe(), (error) => error instanceof ClosedError && error.summary === "the provider was closed");
  tokens.invalidate();
});

test("a request on its way over node:http ends with its provider", async (t) => {
  watched(t);
  const { tokens, simulator } = await simulated(t);
  await simulator.fault("metadata", { kind: "hang" });
  const asked = tokens.token();
  tokens.dispose();
  await assert.rejects(asked, ClosedError);
});

test("a callback that hangs is told of the end", async (t) => {
  watched(t);
  const signals: AbortSignal[] = [];
  const tokens = await TokenProvider.external(({ signal }) => {
    signals.push(signal);
    return new Promise(() => undefined);
  });
  const asked = tokens.token();
  tokens.dispose();
  await assert.rejects(asked, ClosedError);
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true]);
});

test("the memory is overwritten", async (t) => {
  const { tokens } = await withToken(t);
  const bytes = memory();
  const text = Buffer.from(bytes).toString("latin1");
  assert.ok(text.includes("token-1") && text.includes("api-key-0123456789abcdef"), "they were there");
  tokens.dispose();
  assert.ok(bytes.every((byte) => byte === 0));
  assert.equal(tokens.peek(), undefined);
  await assert.rejects(tokens.token(), ClosedError);
});

test("`using` disposes", async () => {
  const tokens = await TokenProvider.bearer("a-token");
  tokens[Symbol.dispose]();
  await assert.rejects(tokens.token(), ClosedError);
});

test("a machine that fails begins anew, and a token that is still good is handed out", async (t) => {
  watched(t);
  const { tokens, service, token } = await withToken(t);
  memory().fill(0xff);
  assert.equal(await tokens.token(), token, "the machine need not be asked");
  // Due for refresh: the machine is asked, fails, and begins anew; what it held is not lost.
  clockAhead(t, 0.85 * 3_600_000);
  assert.equal(await tokens.token(), token);
  assert.equal(await tokens.token(), token);
  assert.equal(tokens.peek(), token);
  const fetched = new Promise((resolve) => (tokens.onEvent = resolve));
  (await service.next()).grant("token-2");
  await fetched;
  const next = await tokens.token();
  assert.deepEqual([next.value, next.generation, service.count], ["token-2", 1, 2]);
  tokens.invalidate(token);
  assert.equal((await tokens.token({ timeout: 0 })).value, "token-2", "the refusal of a token of the machine that failed concerns no other");
});

test("a survivor that is refused is gone", async (t) => {
  const { tokens, service, token } = await withToken(t);
  memory().fill(0xff);
  assert.throws(() => tokens.describe(), InternalError);
  assert.equal(tokens.peek(), token);
  tokens.invalidate(token);
  assert.equal(tokens.peek(), undefined);
  const next = tokens.token();
  (await service.next()).grant("token-2");
  assert.equal((await next).value, "token-2");
});

test("a machine that fails without a token says so, and the next fetch works", { timeout: 60_000 }, async (t) => {
  watched(t);
  // Nobody is woken by a lease that ends.
  const { tokens, service } = await served(t, { policy: { remote: { connect: 1, attempt: 600_000, round: 600_000 } } });
  const waiting = tokens.token();
  const lost = await service.next();
  memory().fill(0xff);
  await assert.rejects(tokens.token(), (error) => {
    assert.ok(error instanceof InternalError && error.cause instanceof Error);
    assert.match(error.message, /a program may go on/);
    return true;
  });
  // Who waited was woken, and has the new machine ask. The answer to the old one's request is nobody's.
  const asked = await service.next();
  lost.grant("token-of-the-old-machine");
  asked.grant("token-1");
  assert.equal((await waiting).value, "token-1");
  assert.equal((await tokens.token()).value, "token-1");
  assert.equal(service.count, 2);
});

test("a report that fails is lost with its machine", async (t) => {
  watched(t);
  const { tokens, service } = await served(t);
  const waiting = tokens.token();
  const asked = await service.next();
  memory().fill(0xff);
  asked.grant("token-1");
  (await service.next()).grant("token-2");
  assert.equal((await waiting).value, "token-2");
});

test("the sans-IO machine begins anew as well, with tickets of the one before", async () => {
  const machine = await TokenManager.create({ source: "bearer", token: "a-token" });
  const ticket = new Ticket();
  assert.equal(machine.poll(ticket).kind, "ready");
  memory().fill(0xff);
  assert.throws(() => machine.poll(ticket), InternalError);
  assert.equal(machine.poll(ticket).kind, "ready");
  assert.equal(machine.restarts, 1);
  machine.dispose();
  assert.throws(() => machine.poll(ticket), ClosedError);
});

test("objects that are collected later do not stir in the memory of the machine that is gone", async () => {
  setFlagsFromString("--expose_gc");
  const collect = runInNewContext("gc") as () => void;
  const machine = await TokenManager.create({ source: "bearer", token: "a-token" });
  // Finalizers run for as long as somebody knows their instance.
  const kept = new Ticket();
  machine.poll(kept);
  for (let number = 0; number < 100; number += 1) machine.poll(new Ticket());
  const bytes = memory();
  machine.dispose();
  for (let turn = 0; turn < 3; turn += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(kept instanceof Ticket && bytes.every((byte) => byte === 0));
});
