/** Another `fetch` than the platform's, whose bodies are Node's streams. */

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fetch, { type RequestInit as NodeFetchInit } from "node-fetch";
import { type Fetch, TokenProvider, TrustedProfileError } from "trusted-profile";
import { type Answering, type OriginServer, serving } from "../unit/origin.js";
import { QUICK } from "../unit/setting.js";

const IAM = "https://iam.example";

/** An API key whose IAM is a server on this machine; its name leads there. */
async function asked(t: TestContext, answering: Answering): Promise<{ readonly tokens: TokenProvider; readonly iam: OriginServer }> {
  const iam = await serving(t, answering);
  const led: Fetch = (input, init) => fetch(String(input).replace(IAM, iam.origin), init as NodeFetchInit) as unknown as Promise<Response>;
  const tokens = await TokenProvider.apiKey("key", { endpoint: IAM, fetch: led, policy: { ...QUICK, maxResponseBytes: 1024 } });
  t.after(() => tokens.dispose());
  return { tokens, iam };
}

async function failureOf(t: TestContext, answering: Answering): Promise<TrustedProfileError> {
  const { tokens } = await asked(t, answering);
  const error: unknown = await tokens.token().catch((error: unknown) => error);
  assert.ok(error instanceof TrustedProfileError, String(error));
  return error;
}

test("node-fetch brings a token", async (t) => {
  const { tokens, iam } = await asked(t, () => ({ status: 200, body: JSON.stringify({ access_token: "token", expires_in: 3600 }) }));
  assert.equal((await tokens.token()).authorization, "Bearer token");
  assert.deepEqual(iam.arrived.map(({ method, path }) => [method, path]), [["POST", "/identity/token"]]);
});

test("an answer to node-fetch that is too large is not read to its end", async (t) => {
  const error = await failureOf(t, () => ({ status: 200, body: "x".repeat(100_000) }));
  assert.match(error.message, /more than 1024 bytes/);
});

test("node-fetch follows no redirect", async (t) => {
  const other = await serving(t);
  const error = await failureOf(t, () => ({ status: 307, headers: { location: `${other.origin}/` } }));
  assert.match(error.message, /redirect/);
  assert.deepEqual(other.arrived, []);
});
