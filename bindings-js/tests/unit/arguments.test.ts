/** Arguments that cannot be used, and the errors that say so. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgumentError, TokenProvider } from "trusted-profile";
import { Ticket, TokenManager } from "trusted-profile/sansio";
import { API_KEY, watched } from "./setting.js";

const endless: Record<string, unknown> = { source: "assume", profileId: "P" };
endless["base"] = endless;
const endlessPolicy: Record<string, unknown> = {};
endlessPolicy["remote"] = endlessPolicy;

const instance = (options: unknown): unknown => TokenProvider.vpcInstance(options as never);
const from = (source: unknown, options?: unknown, callback?: unknown): unknown => TokenProvider.from(source as never, options as never, callback as never);
const policy = (policy: unknown): unknown => instance({ policy });

const refused: ReadonlyArray<readonly [string, () => unknown, RegExp]> = [
  ["null", () => instance(null), /^invalid_argument: options: expected an object of options, got null/],
  ["a number", () => instance(5), /options: expected an object of options, got number/],
  ["a text", () => instance("Profile-1"), /options: expected an object of options, got string/],
  ["a list", () => instance([]), /options: expected an object of options, got a list/],
  ["an unknown option", () => instance({ profilId: "x" }), /unknown field profilId, expected one of source, profileId/],
  ["an option in capitals", () => instance({ profileID: "x" }), /unknown field profileID, expected one of/],
  ["an option as other languages spell it", () => instance({ profile_id: "A", profileId: "B" }), /^invalid_argument: profile_id: there is no such option; it is profileId$/],
  ["a knob as other languages spell it", () => policy({ wait_until_ready: 1 }), /^invalid_argument: wait_until_ready: there is no such option; it is waitUntilReady$/],
  ["an unknown option where there are none", () => TokenProvider.external(() => ({ accessToken: "t", expiresIn: 1 }), { polciy: {} } as never), /^invalid_argument: polciy: there is no such option, expected one of policy,/],
  ["an option of another source", () => instance({ apiKey: "key" }), /apiKey: expected nothing, since vpc_instance/],
  ["a number for a text", () => instance({ profileId: 5 }), /profileId: another kind of value/],
  ["a list for a text", () => instance({ profileId: ["P"] }), /source.profileId: expected text, .* got a list/],
  ["a map for a text", () => instance({ profileId: new Map([["a", "b"]]) }), /source.profileId: expected text, .* got a list/],
  ["a bigint", () => instance({ identityTokenExpiresIn: 300n }), /source.identityTokenExpiresIn: expected .* got bigint/],
  ["a symbol", () => instance({ profileId: Symbol("P") }), /source.profileId: expected text, .* got symbol/],
  ["a function", () => instance({ profileId: () => "P" }), /source.profileId: expected text, .* got function/],
  ["half a character", () => instance({ profileId: "P\ud800" }), /^invalid_argument: source: /],
  ["half a character in a secret", () => TokenProvider.apiKey(`${API_KEY}\ud800`), /^invalid_argument: (?!.*api-key-0123)/],
  ["no API key", () => TokenProvider.apiKey(undefined as never), /apiKey: expected/],
  ["an API key of two lines", () => TokenProvider.apiKey(`${API_KEY}\n`), /^invalid_argument: apiKey: (?!.*api-key-0123)/],
  ["a base that is none", () => from({ source: "assume", profileId: "P" }), /base: expected/],
  ["sources without end", () => from(endless), /source.base.base.*: expected options, got objects within objects without end/],
  ["a source that is null", () => from(null), /source: expected an object of options, got null/],
  ["a source without a name", () => from({}), /source: expected vpc_instance/],
  ["an unknown source", () => from({ source: "vpc" }), /source: expected vpc_instance.*got "vpc"/],
  ["no callback", () => from({ source: "external" }), /callback: expected a function, got undefined/],
  ["a callback that is none", () => from({ source: "external" }, {}, {}), /callback: expected a function, got object/],
  ["an external base without a callback", () => from({ source: "assume", profileId: "P", base: { source: "external" } }), /callback: expected a function/],
  ["a handler that is none", () => instance({ onEvent: 5 }), /onEvent: expected a function, got number/],
  ["a fetch that is none", () => instance({ fetch: "fetch" }), /fetch: expected a function, got string/],
  ["a reader of files that is none", () => instance({ readFile: null }), /readFile: expected a function, got null/],
  ["certificates that are none", () => instance({ ca: [5] }), /ca: expected PEM text, got number/],
  ["the path of certificates", () => instance({ ca: "./ca.pem" }), /ca: expected PEM text, not a path/],
  ["bytes that are no certificate", () => instance({ ca: [Buffer.from("0")] }), /ca: expected PEM text, not a path/],
  ["a key for a certificate", () => instance({ ca: "-----BEGIN PRIVATE KEY-----" }), /ca: expected PEM text/],
  ["a provider that is made without a source", () => new (TokenProvider as unknown as new () => unknown)(), /use TokenProvider\.vpcInstance\(\)/],
  ["origins that are no list", () => instance({ allowedOrigins: "https://a.example" }), /allowedOrigins: expected a list of origins, got string/],
  ["an origin that is no text", () => instance({ allowedOrigins: [5] }), /allowedOrigins: expected text, got number/],
  ["two origins in one", () => instance({ allowedOrigins: ["https://a.example\nhttps://b.example"] }), /allowedOrigins: expected origins, each a text of its own/],
  ["an empty origin", () => instance({ allowedOrigins: [""] }), /allowedOrigins: expected origins/],
  ["an origin with a path", () => instance({ allowedOrigins: ["https://a.example/v1"] }), /allowedOrigins: expected an origin/],
  ["a policy that is null", () => policy(null), /policy: expected an object of options, got null/],
  ["a policy that is a list", () => policy([1]), /policy: expected an object of options, got a list/],
  ["an unknown knob", () => policy({ coolDown: 1 }), /policy: .*unknown field coolDown, expected one of .*cooldown/],
  ["a knob out of bounds", () => policy({ cooldown: -1 }), /cooldown/],
  ["a knob that is no number", () => policy({ cooldown: NaN }), /policy.cooldown: expected .* got NaN/],
  ["a knob without end", () => policy({ cooldown: Infinity }), /policy.cooldown: expected .* got Infinity/],
  ["a knob as text", () => policy({ cooldown: "1" }), /cooldown: another kind of value/],
  ["half of a timeout", () => policy({ remote: { connect: 2 } }), /remote: missing field attempt/],
  ["knobs without end", () => policy(endlessPolicy), /policy.remote.*without end/],
];
for (const [what, make, message] of refused) {
  test(`${what} is refused`, async (t) => {
    watched(t);
    await assert.rejects(async () => make(), (error) => {
      assert.ok(error instanceof InvalidArgumentError, String(error));
      assert.match(error.message, message);
      assert.deepEqual([error.kind, error.code, error.name], ["configuration", "invalid_argument", "InvalidArgumentError"]);
      return true;
    });
  });
}

test("an option that is undefined or null is not given", async () => {
  const tokens = await TokenProvider.vpcInstance({ profileId: undefined, profileName: null as never, policy: undefined, allowedOrigins: undefined });
  assert.match(tokens.describe().source, /^vpc_instance: default trusted profile/);
  tokens.dispose();
});

test("options cannot change the source that a constructor names", async () => {
  const tokens = await TokenProvider.vpcInstance({ source: "bare_metal" } as never);
  assert.match(tokens.describe().source, /^vpc_instance/);
  tokens.dispose();
});

const patience: ReadonlyArray<readonly [unknown, RegExp]> = [
  [null, /patience: expected an object of options, got null/],
  [5, /patience: expected an object of options, got number/],
  [AbortSignal.timeout(60_000), /patience: expected \{ signal, timeout \}, got an AbortSignal/],
  [{ timeuot: 1 }, /timeuot: there is no such option, expected signal or timeout/],
  [{ timeout: -1 }, /timeout: expected milliseconds, 0 or more, got -1/],
  [{ timeout: NaN }, /timeout: expected milliseconds, 0 or more, got NaN/],
  [{ timeout: "1" }, /timeout: expected milliseconds, 0 or more, got string/],
  [{ timeout: 1n }, /timeout: .* got bigint/],
  [{ timeout: Symbol("1") }, /timeout: .* got symbol/],
  [{ signal: {} }, /signal: expected an AbortSignal, got object/],
  [{ signal: null }, /signal: expected an AbortSignal, got null/],
];
for (const [given, message] of patience) {
  test(`patience that is none is a rejection: ${String(message)}`, async (t) => {
    watched(t);
    const tokens = await TokenProvider.external(() => ({ accessToken: "token", expiresIn: 60 }));
    for (const call of ["token", "identityToken", "unverifiedClaims"] as const) {
      // Not thrown: whoever has a `catch` behind it has it for this, too.
      const asked: Promise<unknown> = tokens[call](given as never);
      await assert.rejects(asked, (error) => error instanceof InvalidArgumentError && message.test(error.message));
    }
    tokens.dispose();
  });
}

test("what is no token cannot be invalidated, and costs nobody a token", async () => {
  const tokens = await TokenProvider.external(() => ({ accessToken: "token", expiresIn: 60 }));
  const token = await tokens.token();
  for (const given of [null, "token", 5, {}, { slot: "iam", generation: 1 }]) {
    assert.throws(() => tokens.invalidate(given as never), (error) => error instanceof InvalidArgumentError && /token: expected an AccessToken/.test(error.message));
  }
  assert.equal(await tokens.token(), token);
  assert.throws(() => (tokens.onEvent = 5 as never), InvalidArgumentError);
  tokens.dispose();
});

test("the sans-IO machine survives arguments of every kind", async () => {
  const machine = await TokenManager.create({ source: "external" });
  const call = machine as unknown as Record<string, (...given: unknown[]) => unknown>;
  const now = { monotonic: 0, unix: 0 };
  const rubbish = [null, {}, "text", 1n, Symbol("s"), [], () => 0];
  const calls: ReadonlyArray<readonly [string, (given: unknown) => unknown[]]> = [
    ["poll", (given) => [given]],
    ["poll", (given) => [new Ticket(), given]],
    ["poll", (given) => [new Ticket(), undefined, given]],
    ["pollRefresh", (given) => [given]],
    ["handle", (given) => [given, { status: 200 }]],
    ["handle", (given) => [1, { status: given }]],
    ["handle", (given) => [1, { status: 200, headers: [[given]] }, given]],
    ["handle", (given) => [1, { status: 200, body: given }]],
    ["fail", (given) => [given, "dns"]],
    ["fail", (given) => [1, given]],
    ["fail", (given) => [1, "dns", Object(given)]],
    ["provideFiles", (given) => [1, [given]]],
    ["provideFiles", (given) => [1, [{ path: "/t", text: Object(given) }]]],
    ["provideToken", (given) => [1, { accessToken: Object(given), expiresIn: 1 }]],
    ["provideToken", (given) => [1, { accessToken: "t", expiresIn: given }]],
    ["provideFailure", (given) => [1, Object(given)]],
    ["abandon", (given) => [given]],
    ["invalidate", (given) => ["iam", given]],
    ["invalidate", (given) => [given, 1]],
    ["afterFork", (given) => [typeof given === "bigint" ? 1 : given]],
  ];
  for (const [name, make] of calls) {
    for (const given of rubbish) {
      assert.throws(
        () => call[name]?.(...make(given)),
        (error) => error instanceof InvalidArgumentError || error instanceof TypeError,
        `${name} with ${typeof given}`,
      );
    }
  }
  for (const status of [99, 1000, 200.5, NaN, 65_736]) assert.throws(() => machine.handle(1, { status }), /status: expected a number from 100 to 999/);
  assert.throws(() => machine.fail(1, "no_such_failure" as never), InvalidArgumentError);
  assert.throws(() => machine.handle(1, { status: 200, headers: { date: "x" } as never }), /headers: expected pairs/);
  assert.equal(machine.restarts, 0, "none of it got as far as the machine");
  const ticket = new Ticket();
  const wanted = machine.poll(ticket, undefined, now);
  assert.ok(wanted.kind === "needToken");
  // Ids of nobody, and no numbers at all.
  for (const id of [NaN, Infinity, -1, 0.5, 2 ** 64]) machine.provideToken(id, { accessToken: "foreign", expiresIn: 60 }, now);
  machine.provideToken(wanted.id, { accessToken: "token", expiresIn: 60 }, now);
  assert.ok(machine.poll(ticket, undefined, now).kind === "ready");
  machine.dispose();
});

test("a machine cannot be made of what is none", async () => {
  for (const seed of [1, "1", null]) await assert.rejects(TokenManager.create({ source: "external" }, { seed: seed as never }), /seed: expected a bigint/);
  await assert.rejects(TokenManager.create({ source: "external" }, { facts: { kubernetes: "yes" } as never }), InvalidArgumentError);
  await assert.rejects(TokenManager.create({ source: "external" }, null as never), TypeError);
});
