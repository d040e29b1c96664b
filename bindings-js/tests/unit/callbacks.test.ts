/** What belongs to the program and is called by the provider: token callbacks and handlers of events. */

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { ClosedError, ExternalSourceFailedError, RequestRefusedError, type TokenCallback, type TokenEvent, TokenProvider } from "trusted-profile";
import { clockAhead, QUICK, served, watched } from "./setting.js";

async function external(t: TestContext, callback: unknown, policy: object = QUICK): Promise<TokenProvider> {
  const tokens = await TokenProvider.external(callback as TokenCallback, { policy });
  t.after(() => tokens.dispose());
  return tokens;
}

test("callbacks of every kind", async (t) => {
  watched(t);
  const token = { accessToken: "token", expiresIn: 60 };
  const thenable = { then: (done: (value: unknown) => void) => done(token) };
  for (const callback of [() => token, async () => token, () => thenable, () => ({ ...token, accessToken: "Bearer token" })]) {
    assert.equal((await (await external(t, callback)).token()).value, "token");
  }
});

test("a token that never ends", async (t) => {
  const tokens = await external(t, () => ({ accessToken: "token", expiresIn: Infinity }));
  assert.equal((await tokens.token()).value, "token");
  assert.equal(await tokens.token(), tokens.peek());
});

test("what a callback throws is told in its words, and goes no further", async (t) => {
  watched(t);
  const sealed = new RangeError("the vault is sealed");
  for (const callback of [() => Promise.reject(sealed), () => { throw sealed; }]) {
    await assert.rejects((await external(t, callback)).token(), (error) => {
      assert.ok(error instanceof ExternalSourceFailedError);
      assert.match(error.message, /the token callback failed: RangeError: the vault is sealed/);
      // It may hold more than its words: this is another one, which says the same.
      assert.ok(error.cause instanceof Error && error.cause !== sealed && error.cause.stack === sealed.stack);
      assert.deepEqual([error.cause.name, error.cause.message, error.cause.cause], ["RangeError", "the vault is sealed", undefined]);
      return true;
    });
  }
});

const SECRET = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJpYW0tUHJvZmlsZS0xIn0.c2lnbmF0dXJlIHRoYXQgaXMgbG9uZyBlbm91Z2g_-w";

test("what a callback throws is no cause where its words hold a secret, or did", async (t) => {
  watched(t);
  const quoting = new Error(`401 for Bearer ${SECRET}`);
  const corrected = Object.assign(new Error(`401 for Bearer ${SECRET}`), { message: "401" });
  for (const thrown of [quoting, corrected]) {
    await assert.rejects((await external(t, () => Promise.reject(thrown))).token(), (error) => {
      assert.ok(error instanceof ExternalSourceFailedError && error.message.includes("401"));
      if (thrown === quoting) assert.equal(error.cause, undefined);
      assert.ok(!inspect(error).includes(SECRET));
      return true;
    });
  }
  const wrapped = new Error("the vault is sealed", { cause: quoting });
  await assert.rejects((await external(t, () => Promise.reject(wrapped))).token(), (error) => error instanceof Error && !inspect(error).includes(SECRET));
});

test("what is wrong with a callback's token is named", async (t) => {
  const wrong: ReadonlyArray<readonly [unknown, RegExp]> = [
    [undefined, /accessToken: expected text, got undefined/],
    [{ access_token: "t", expires_in: 60 }, /accessToken: expected text, got undefined/],
    [{ accessToken: "t", expiresIn: "3600" }, /expiresIn: expected a number of seconds, got string/],
    [{ accessToken: "t", expiresIn: -1 }, /expiresIn: expected a number of seconds, got -1/],
  ];
  for (const [token, message] of wrong) await assert.rejects((await external(t, () => token)).token(), message);
});

const unshowable = Object.defineProperty(new Error(), "message", { get: () => { throw new Error("no"); } });

const rubbish: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  "a text": () => "token",
  "a list": () => ["token", 60],
  "no life": () => ({ accessToken: "token" }),
  "a negative life": () => ({ accessToken: "token", expiresIn: -1 }),
  "a life that is no number": () => ({ accessToken: "token", expiresIn: NaN }),
  "numbers for texts": () => ({ accessToken: 1, expiresIn: 60 }),
  "half a character": () => ({ accessToken: "token\ud800", expiresIn: 60 }),
  "two lines": () => ({ accessToken: "token\r\nx: y", expiresIn: 60 }),
  "a trap": () => new Proxy({}, { get: () => { throw new Error("no"); } }),
  "an error that cannot be shown": () => { throw unshowable; },
  "a symbol thrown": () => { throw Symbol("no"); },
  "undefined thrown": () => Promise.reject(undefined),
};
for (const [what, callback] of Object.entries(rubbish)) {
  test(`a callback that brings ${what}`, async (t) => {
    watched(t);
    const tokens = await external(t, callback);
    await assert.rejects(tokens.token(), (error) => {
      assert.ok(error instanceof ExternalSourceFailedError, String(error));
      assert.match(error.message, /the token callback failed/);
      assert.doesNotMatch(error.message, /token\ud800|token\r/);
      return true;
    });
  });
}

test("a callback that hangs is told so and left alone", async (t) => {
  watched(t);
  let told: unknown;
  let reject: (error: Error) => void = () => undefined;
  const callback: TokenCallback = ({ signal }) =>
    new Promise((_, refuse) => {
      reject = refuse;
      signal.addEventListener("abort", () => (told = signal.reason));
    });
  const tokens = await external(t, callback, { ...QUICK, maxAttempts: 1, remote: { connect: 1, attempt: 5, round: 60_000 } });
  await assert.rejects(tokens.token(), /the token callback failed: Error: it took longer than 5 ms/);
  assert.ok(told instanceof Error);
  // What comes of it afterwards is nobody's.
  reject(new Error("too late"));
});

test("a callback that asks its own provider waits for itself, and no longer than its time", async (t) => {
  watched(t);
  const callback: TokenCallback = async () => ({ accessToken: (await tokens.token()).value, expiresIn: 60 });
  const tokens = await external(t, callback, { ...QUICK, maxAttempts: 1, remote: { connect: 1, attempt: 5, round: 60_000 } });
  await assert.rejects(tokens.token(), ExternalSourceFailedError);
});

test("events come in order, one at a time", async (t) => {
  const { tokens, service } = await served(t, { policy: QUICK });
  const events: TokenEvent[] = [];
  let depth = 0;
  tokens.onEvent = (event) => {
    assert.equal(depth, 0);
    depth += 1;
    events.push(event);
    // What the handler sets off is told after it.
    if (events.length === 1) tokens.invalidate();
    depth -= 1;
  };
  const asked = tokens.token();
  (await service.next()).grant("token-1");
  (await service.next()).answer(400);
  await assert.rejects(asked, (error) => error instanceof RequestRefusedError && error.status === 400);
  assert.deepEqual(events.map(({ event }) => event), ["fetched", "invalidated", "failed"]);
  assert.ok(events[0]?.event === "fetched" && events[0].lifeMs === 3_600_000);
  assert.ok(events[2]?.event === "failed" && events[2].error.status === 400);
});

test("a handler may ask for a token", async (t) => {
  watched(t);
  const { tokens, service } = await served(t);
  const found: Array<Promise<unknown>> = [];
  tokens.onEvent = () => void found.push(tokens.token());
  const first = tokens.token();
  (await service.next()).grant("token-1");
  const token = await first;
  assert.deepEqual(await Promise.all(found), [token]);
  assert.equal(service.count, 1);
});

test("handlers that fail take nobody down, and are told of once", async (t) => {
  const watch = watched(t);
  const { tokens, service } = await served(t);
  const handlers = [
    () => { throw new EvalError("no"); },
    () => { throw Object.defineProperty(new Error(), "name", { get: () => { throw new Error(); } }); },
    async () => Promise.reject(new EvalError("no")),
    async () => { throw undefined; },
  ];
  for (const [number, handler] of handlers.entries()) {
    tokens.onEvent = handler;
    clockAhead(t, (number + 1) * 3_600_000);
    const token = tokens.token();
    (await service.next()).grant(`token-${number}`);
    assert.equal((await token).value, `token-${number}`);
  }
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(watch.warnings.includes("trusted-profile: onEvent threw EvalError"));
  assert.equal(new Set(watch.warnings).size, watch.warnings.length);
});

test("a handler may close the provider, or have somebody give up, in the middle of what it is told", async (t) => {
  watched(t);
  for (const way of ["dispose", "abort"] as const) {
    const { tokens, service } = await served(t);
    const giveUp = new AbortController();
    tokens.onEvent = () => (way === "dispose" ? tokens.dispose() : giveUp.abort(new Error("enough")));
    const [asked, other] = [tokens.token({ signal: giveUp.signal }), tokens.token()];
    const outcomes = Promise.allSettled([asked, other]);
    (await service.next()).grant("token-1");
    const [first, second] = await outcomes;
    if (way === "dispose") {
      assert.ok(first.status === "rejected" && first.reason instanceof ClosedError);
      assert.ok(second.status === "rejected" && second.reason instanceof ClosedError);
    } else {
      assert.ok(first.status === "rejected" && first.reason === giveUp.signal.reason);
      assert.ok(second.status === "fulfilled" && second.value.value === "token-1");
    }
  }
});
