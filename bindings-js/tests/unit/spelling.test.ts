/** Options in errors: by the names that programs give them, and only where the core itself speaks. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { InvalidArgumentError, ProfileNotLinkedError, TlsFailedError, TokenProvider, TrustedProfileError } from "trusted-profile";
import { type Action, Ticket, TokenManager, type Work } from "trusted-profile/sansio";
import { API_KEY } from "./setting.js";

async function refusal(made: Promise<unknown>): Promise<string> {
  const error = await made.then(() => undefined, (reason: unknown) => reason);
  assert.ok(error instanceof InvalidArgumentError, String(error));
  assert.equal(error.message, `invalid_argument: ${error.summary}`);
  return error.summary;
}

const none: Record<string, unknown> = { nope: 1 };
const namesIn = (summary: string): string[] => (/expected one of ([\w, ]+)/.exec(summary)?.[1] ?? "").split(", ");

test("every knob is named as it is written", async () => {
  const names = namesIn(await refusal(TokenProvider.vpcInstance({ policy: none })));
  assert.ok(names.length > 20 && names.includes("waitUntilReady"), String(names));
  for (const name of names) {
    const summary = await refusal(TokenProvider.vpcInstance({ policy: { [name]: true } as never }));
    assert.ok(summary.includes(`"${name}: `), summary);
    assert.doesNotMatch(summary, /[a-z]_[a-z]/);
  }
  for (const [name, value] of Object.entries({ backoffBase: 0, maxAttempts: 0, refreshJitter: 0.9, expectedProfileId: "a b", leaseGrace: 0 })) {
    const summary = await refusal(TokenProvider.vpcInstance({ policy: { [name]: value } }));
    assert.ok(summary.startsWith(`${name}: expected`) && !/[a-z]_[a-z]/.test(summary), summary);
  }
  assert.match(await refusal(TokenProvider.vpcInstance({ policy: { linkLocal: { connect: 0, attempt: 1, round: 1 } } })), /^linkLocal\.connect: /);
});

test("every option of a source is named as it is written", async () => {
  const names = namesIn(await refusal(TokenProvider.vpcInstance(none)));
  assert.ok(names.includes("crTokenFile") && names.includes("apiKey"), String(names));
  for (const name of names.filter((name) => name !== "source")) {
    const summary = await refusal(TokenProvider.vpcInstance({ [name]: name === "base" ? {} : false }));
    assert.doesNotMatch(summary.replace("vpc_instance", ""), /[a-z]_[a-z]/);
  }
});

test("two options in one sentence", async () => {
  assert.match(await refusal(TokenProvider.container({})), /expected one of profileId, profileCrn and profileName/);
  assert.match(await refusal(TokenProvider.apiKey(API_KEY, { clientId: "c" })), /^clientSecret: expected a secret along with clientId/);
  assert.match(await refusal(TokenProvider.container({ profileId: "P", crToken: "t", crTokenFile: "/t" })), /^crTokenFile: expected either crToken or crTokenFile/);
});

test("sources keep their names, and so do values", async () => {
  assert.match(await refusal(TokenProvider.from({ source: "cr_token" } as never)), /expected vpc_instance, bare_metal, container, api_key,/);
  assert.match(await refusal(TokenProvider.vpcInstance({ endpoint: "my_host:8090" })), /got "my_host:8090"/);
});

/** To the outcome of a machine whose requests are answered one after the other. */
function run(machine: TokenManager, answer: (work: Extract<Work, { kind: "send" }>) => void): TrustedProfileError {
  const ticket = new Ticket();
  for (let turn = 0; turn < 10; turn += 1) {
    const action: Action = machine.poll(ticket);
    if (action.kind === "failed") return action.error;
    assert.ok(action.kind === "send");
    answer(action);
  }
  throw new Error("it goes on and on");
}

test("causes name options, and a service is quoted", async () => {
  const machine = await TokenManager.create({ source: "vpc_instance", endpoint: "http://127.0.0.1:1" });
  const said = "set wait_until_ready, profile_id: no";
  const error = run(machine, ({ exchange }) => {
    const body = exchange.url.includes("/identity/v1/token") ? { access_token: "identity", expires_in: 300 } : { errors: [{ code: "profile_not_linked", message: said }] };
    machine.handle(exchange.id, { status: "errors" in body ? 400 : 200, body: new TextEncoder().encode(JSON.stringify(body)) });
  });
  assert.ok(error instanceof ProfileNotLinkedError, error.message);
  assert.equal(error.service?.message, said);
  assert.ok(error.message.includes(`the service said: profile_not_linked ${said}`), error.message);
  const fixes = error.causes.map(({ fix }) => fix);
  assert.ok(fixes.some((fix) => fix.includes("waitUntilReady")), String(fixes));
  assert.equal(error.message.split("\n").slice(-fixes.length).join("\n"), error.causes.map(({ cause, fix }, at) => `  ${at + 1}. ${cause}. Fix: ${fix}.`).join("\n"));
  const event = machine.pollEvent();
  for (let next = event; next !== undefined; next = machine.pollEvent()) {
    if (next.event === "failed") assert.deepEqual(next.error, error.toJSON());
  }
  machine.dispose();
});

test("further authorities are named as they are in JavaScript", async () => {
  const machine = await TokenManager.create({ source: "api_key", apiKey: API_KEY });
  const error = run(machine, ({ exchange }) => machine.fail(exchange.id, "tls_unknown_issuer"));
  assert.ok(error instanceof TlsFailedError);
  assert.match(error.message, /name the CA with ca or NODE_EXTRA_CA_CERTS/);
  machine.dispose();
});

test("errors that are made here are of the kind that every language has", async () => {
  const { errors } = JSON.parse(readFileSync("../core/spec/errors.json", "utf8")) as { errors: ReadonlyArray<{ code: string; kind: string; transient: boolean }> };
  const tokens = await TokenProvider.external(() => new Promise(() => undefined));
  const made = [tokens.token({ timeout: 0 }), tokens.token({ timeout: -1 })];
  const seen: string[] = [];
  for (const asked of [...made, tokens.token()]) {
    const caught = asked.catch((error: unknown) => error);
    if (asked !== made[0] && asked !== made[1]) tokens.dispose();
    const error = await caught;
    assert.ok(error instanceof TrustedProfileError);
    const { kind, transient } = errors.find(({ code }) => code === error.code) ?? {};
    assert.deepEqual([error.kind, error.transient], [kind, transient], error.code);
    seen.push(error.code);
  }
  assert.deepEqual(seen, ["deadline_exceeded", "invalid_argument", "closed"]);
});
