/** What errors say of what caused them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { CrTokenUnavailableError, ServiceUnreachableError, TrustedProfileError } from "trusted-profile";
import { TransportError } from "trusted-profile/sansio";
import { API_KEY, QUICK, served, servedPod } from "./setting.js";

test("a cause has kind, name and code, and nothing that a fetch or a file may quote", async (t) => {
  const { tokens, service } = await served(t, { policy: QUICK });
  const failed = tokens.token();
  const quoting = new TypeError(`of ${API_KEY}`, { cause: Object.assign(new Error(`sent ${API_KEY}`), { code: "ECONNRESET", name: `of ${API_KEY}` }) });
  for (let attempt = 0; attempt < 2; attempt += 1) (await service.next()).fail(quoting);
  await assert.rejects(failed, (error) => {
    assert.ok(error instanceof TrustedProfileError && error.cause instanceof TransportError && error.cause.cause instanceof Error);
    const { name, cause } = error.cause.cause;
    assert.deepEqual([error.cause.kind, error.cause.detail, name, (cause as Error).name, (cause as { code?: string }).code], ["interrupted", "ECONNRESET", "TypeError", "Error", "ECONNRESET"]);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(API_KEY));
    return true;
  });
  const { tokens: pod } = await servedPod(t, async () => Promise.reject(Object.assign(new Error("read secret-token-1"), { code: "EIO" })));
  await assert.rejects(pod.token(), (error) => {
    assert.ok(error instanceof CrTokenUnavailableError && (error.cause as { code?: string }).code === "EIO");
    return !inspect(error, { depth: 9, showHidden: true }).includes("secret-token-1");
  });
});

test("a cause is that of this failure, not of one that is over", async (t) => {
  let read: unknown = { path: "/t", text: "cr-token" };
  const { tokens, service } = await servedPod(t, async () => read);
  const unreachable = tokens.token();
  for (let attempt = 0; attempt < 2; attempt += 1) (await service.next()).fail(new Error("the network is away"));
  await assert.rejects(unreachable, (error) => error instanceof ServiceUnreachableError && error.cause instanceof TransportError);
  read = { path: "/t", problem: "denied" };
  await assert.rejects(tokens.token(), (error) => error instanceof CrTokenUnavailableError && error.cause === undefined);
});
