/** Connections of calls and tokens: nobody waits for another one's, and what had none was not sent. */

import assert from "node:assert/strict";
import dns from "node:dns";
import { type TestContext, test } from "node:test";
import { type Fetch, ServiceUnreachableError, TokenProvider } from "trusted-profile";
import { Vpc } from "trusted-profile/catalog";
import { serving } from "../unit/origin.js";
import { watched } from "../unit/setting.js";

const MAY_BE_DONE = /the service may have done what was asked/;
const TOKEN = JSON.stringify({ access_token: "token", expires_in: 3600 });

async function bearing(t: TestContext, fetch?: Fetch): Promise<TokenProvider> {
  const tokens = await TokenProvider.bearer("token", { fetch });
  t.after(() => tokens.dispose());
  return tokens;
}

test("calls without an answer hold up neither tokens nor other calls of the same host", async (t) => {
  watched(t);
  const hanging = 20;
  let arrived = 0;
  let everyone: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (everyone = resolve));
  const { origin } = await serving(t, ({ method, path }) => {
    if (path.startsWith("/identity/token")) return { status: 200, body: TOKEN };
    if (method === "POST") return { status: 201, body: '{"id": "made"}' };
    if ((arrived += 1) === hanging) everyone();
    return undefined;
  });
  const tokens = await TokenProvider.apiKey("key", { endpoint: origin, policy: { maxAttempts: 1 } });
  t.after(() => tokens.dispose());
  const vpc = new Vpc(tokens, { endpoint: origin });
  const gone = new AbortController();
  const calls = Array.from({ length: hanging }, () => assert.rejects(vpc.listVpcs({}, { signal: gone.signal }), /enough/));
  await all;
  assert.equal((await vpc.createVpc({ body: { name: "made" } })).id, "made");
  tokens.invalidate();
  assert.equal((await tokens.token()).generation, 2);
  gone.abort(new Error("enough"));
  await Promise.all(calls);
});

test("what found no connection in its time was not done", async (t) => {
  watched(t);
  // A name whose resolver never answers.
  t.mock.method(dns, "lookup", () => undefined);
  const vpc = new Vpc(await bearing(t), { endpoint: "http://localhost:1", deadline: 500 });
  await assert.rejects(vpc.createVpc({ body: { name: "new" } }), (error) => {
    assert.ok(error instanceof ServiceUnreachableError, String(error));
    assert.match(error.message, /not connected within \d+ ms/);
    assert.doesNotMatch(error.message, MAY_BE_DONE);
    return true;
  });
});

test("what had a connection in its time may have been done", async (t) => {
  watched(t);
  const { origin } = await serving(t, () => undefined);
  const vpc = new Vpc(await bearing(t), { endpoint: origin, deadline: 3000 });
  await assert.rejects(vpc.createVpc({ body: { name: "new" } }), (error) => {
    assert.ok(error instanceof ServiceUnreachableError, String(error));
    assert.match(error.message, /no answer within \d+ ms/);
    assert.match(error.message, MAY_BE_DONE);
    return true;
  });
});

/** What a call that makes something comes to when `fetch` fails so, once. */
async function made(t: TestContext, code: string, syscall: string): Promise<{ readonly sent: number; readonly said: string }> {
  let sent = 0;
  const fetch: Fetch = async () => {
    if ((sent += 1) > 1) return new Response('{"id": "made"}', { status: 201 });
    throw new TypeError("fetch failed", { cause: Object.assign(new Error(`${syscall} ${code}`), { code, syscall }) });
  };
  const vpc = new Vpc(await bearing(t, fetch), { endpoint: "https://vpc.example" });
  const said = await vpc.createVpc({ body: { name: "new" } }).then(({ id }) => id ?? "", String);
  return { sent, said };
}

test("without a file for a connection nothing is sent, so it is tried again", async (t) => {
  for (const code of ["EMFILE", "ENFILE", "ENOBUFS"]) assert.deepEqual(await made(t, code, "connect"), { sent: 2, said: "made" }, code);
});

test("a connection that ends after it was made is no connection that was not made", async (t) => {
  for (const code of ["ETIMEDOUT", "EHOSTUNREACH", "ENETDOWN"]) {
    for (const syscall of ["read", "write"]) {
      const { sent, said } = await made(t, code, syscall);
      assert.equal(sent, 1, `${syscall} ${code}`);
      assert.match(said, MAY_BE_DONE);
    }
    assert.deepEqual(await made(t, code, "connect"), { sent: 2, said: "made" }, code);
  }
});
