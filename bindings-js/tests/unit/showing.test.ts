/** What is shown of what holds secrets: in logs, in texts, in errors. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { format, inspect } from "node:util";
import { type AccessToken, CrTokenUnavailableError, InvalidArgumentError, TokenProvider, TrustedProfileError } from "trusted-profile";
import { Ticket, TokenManager, TransportError } from "trusted-profile/sansio";
import { everywhere } from "../vectors/leaks.js";
import { API_KEY, QUICK, served } from "./setting.js";

/** Everything that a log could make of a value. */
function logged(value: unknown): string {
  const ways = [true, false].map((customInspect) => inspect(value, { customInspect, showHidden: true, depth: Infinity, showProxy: true }));
  return [...everywhere(value), ...ways, format("%o %O %j", value, value, value)].join("\n");
}

test("a token shows its text to nobody who does not ask for it", async (t) => {
  const { tokens, service } = await served(t);
  const asked = tokens.token();
  (await service.next()).grant("secret-token-1");
  const token = await asked;
  for (const value of [token, [token], { token }, new Error("no", { cause: token }), tokens, tokens.describe()]) {
    assert.doesNotMatch(logged(value), /secret-token|api-key/);
  }
  assert.equal(String(token.toString()), "AccessToken iam, generation 1");
  assert.equal(inspect(token), "<AccessToken iam, generation 1>");
  assert.equal(JSON.stringify({ token }), '{"token":"AccessToken iam, generation 1"}');
  const text = token as unknown as string;
  for (const use of [() => `${text}`, () => "Bearer " + text, () => +text, () => text + "", () => String(text), () => [text].join(), () => format("%s", text)]) {
    assert.throws(use, (error) => error instanceof TypeError && !error.message.includes("secret"));
  }
  assert.throws(() => structuredClone(token).value.length, TypeError, "a copy has no text");
  assert.throws(() => ((token as { value: string }).value = "other"), TypeError);
});

test("an exchange shows neither its headers nor its body", async () => {
  const machine = await TokenManager.create({ source: "api_key", apiKey: API_KEY, clientId: "id", clientSecret: "client-secret-hidden" });
  const action = machine.poll(new Ticket());
  assert.ok(action.kind === "send");
  assert.match(action.exchange.body, new RegExp(API_KEY));
  assert.ok(action.exchange.headers.some(([name]) => name === "authorization"));
  for (const value of [action, action.exchange, machine]) {
    assert.doesNotMatch(logged(value), new RegExp(`${API_KEY}|hidden|Basic|${btoa("id:client-secret-hidden")}`));
  }
  machine.dispose();
});

test("errors are instances of their class, tell their code, and show no secret", async (t) => {
  const { tokens, service } = await served(t, { policy: QUICK });
  const asked = tokens.token();
  (await service.next()).answer(400, JSON.stringify({ errorCode: "BXNIM0415E", errorMessage: `the key ${API_KEY} is not known` }), { "transaction-id": "trace-1" });
  const error: unknown = await asked.catch((reason: unknown) => reason);
  assert.ok(error instanceof TrustedProfileError && error instanceof Error);
  assert.deepEqual([error.name, error.code, error.constructor.name], ["ApiKeyRefusedError", "api_key_refused", "ApiKeyRefusedError"]);
  assert.deepEqual([error.status, error.service?.code, error.service?.trace], [400, "BXNIM0415E", "trace-1"]);
  assert.equal(error.toJSON().code, "api_key_refused");
  assert.doesNotMatch(logged(error), new RegExp(API_KEY));
});

test("an answer that is no HTTP is not shown, nor kept in a cause", async (t) => {
  const server = createServer((socket) => {
    socket.once("data", () => socket.end('HTTP/1.1 2x0\r\n\r\nsecret-token-1')).on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tokens = await TokenProvider.vpcInstance({ endpoint, policy: QUICK });
  t.after(() => tokens.dispose());
  const error: unknown = await tokens.token().catch((reason: unknown) => reason);
  assert.ok(error instanceof TrustedProfileError && error.cause instanceof TransportError);
  assert.match(error.cause.message, /HPE_/);
  const bytes = Buffer.from("secret-token-1").toString("hex").match(/../g)?.join(" ") ?? "";
  for (const spelling of ["secret-token", bytes, [...Buffer.from("secret-token-1")].join(",")]) {
    assert.ok(!logged(error).includes(spelling) && !JSON.stringify(error.cause).includes(spelling), spelling);
  }
});

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
  const readFile = async (): Promise<never> => Promise.reject(Object.assign(new Error("read secret-token-1"), { code: "EIO" }));
  const pod = await TokenProvider.container({ profileId: "Profile-1", crTokenFile: "/t", endpoint: "https://iam.example", readFile, policy: QUICK });
  t.after(() => pod.dispose());
  await assert.rejects(pod.token(), (error) => {
    assert.ok(error instanceof CrTokenUnavailableError && (error.cause as { code?: string }).code === "EIO");
    return !inspect(error, { depth: 9, showHidden: true }).includes("secret-token-1");
  });
});

test("a token in the wrong place is not shown by the refusal", async (t) => {
  const { tokens } = await served(t);
  for (const given of ["secret-token-1", { value: "secret-token-1" }]) {
    assert.throws(() => tokens.invalidate(given as unknown as AccessToken), (error) => error instanceof InvalidArgumentError && !logged(error).includes("secret"));
    await assert.rejects(tokens.token(given as never), (error) => !logged(error).includes("secret"));
    await assert.rejects(tokens.token({ timeout: given as never }), (error) => !logged(error).includes("secret"));
  }
});
