/** No secret of a run shows in anything that a program prints, warns of or dies with. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { type TestContext, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Account, type Fault } from "../faults/account.js";
import type { Given } from "./programs/showing.js";
import { SHORTEST, leaks, parts, spell } from "./spellings.js";

const PROGRAM = fileURLToPath(new URL("programs/showing.mjs", import.meta.url));
const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJpYW0tUHJvZmlsZS0xIn0.c2lnbmF0dXJlIHRoYXQgaXMgbG9uZyBlbm91Z2g_-w";
const KEY = "sim-k3y/with+odd=characters~0123456789";
const CLIENT = { clientId: "tests", clientSecret: `client+secret/${randomUUID().replaceAll("-", "")}` };
const SHORT = { connect: 400, attempt: 400, round: 800 };
const LONG = { connect: 5000, attempt: 10_000, round: 30_000 };
const POLICY = { linkLocal: SHORT, remote: SHORT, maxAttempts: 2, backoffBase: 5, backoffMax: 20, cooldown: 0 };

/** What the program in `programs/showing.ts` prints and says. */
async function run(account: Account, changes: Partial<Given> = {}): Promise<[stdout: string, stderr: string]> {
  const { simulator, tokenFile } = account;
  const { seed } = simulator;
  await simulator.control("POST", "clients", { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret });
  await simulator.control("POST", `profiles/${seed.pod_profile.id}/identities`, { iam_id: (seed.api_key as { iam_id?: string }).iam_id });
  const given: Given = {
    policy: POLICY,
    // All of them: each name begins like this.
    sources: [""],
    metadata: simulator.metadataUrl,
    iam: simulator.iamUrl,
    objects: `${simulator.objectStoreUrl}/${seed.bucket}/greeting.txt`,
    apiKey: seed.api_key.value,
    client: CLIENT,
    profile: seed.pod_profile.id,
    tokenFile,
    crToken: readFileSync(tokenFile, "utf8").trim(),
    ...changes,
  };
  const program = spawn(process.execPath, [PROGRAM], { env: {}, stdio: ["pipe", "pipe", "pipe"] });
  program.stdin.end(JSON.stringify(given));
  return Promise.all([text(program.stdout), text(program.stderr)]);
}

/** Everything that the services were sent or gave out, and what the program was given. */
async function secretsOf(account: Account): Promise<string[]> {
  const secrets = new Set([account.simulator.seed.api_key.value, CLIENT.clientSecret, readFileSync(account.tokenFile, "utf8").trim()]);
  for (const entry of await account.journal()) {
    for (const [name, value] of entry.headers) if (name === "authorization") secrets.add(value.slice(value.indexOf(" ") + 1));
    const form = new URLSearchParams(entry.body);
    for (const name of ["apikey", "cr_token", "access_token", "client_secret"]) secrets.add(form.get(name) ?? "");
    for (const found of entry.response_body?.matchAll(/"(?:access|refresh)_token"\s*:\s*"([^"]*)"/g) ?? []) secrets.add(found[1] ?? "");
  }
  return [...secrets].filter((secret) => secret.length >= SHORTEST && secret !== "not_supported");
}

async function assertClean(account: Account, [stdout, stderr]: readonly [string, string], place: string): Promise<void> {
  const secrets = await secretsOf(account);
  for (const [name, said] of Object.entries({ stdout, stderr })) assert.deepEqual(leaks(said, secrets), [], `${place}, ${name}`);
  // It got to its end, while it held everything, and was warned of nothing.
  assert.match(stderr, /Error: this program is done[^]*kept: \[[^]*TokenProvider/, `${place}: ${stderr.slice(-3000)}`);
  assert.doesNotMatch(stderr, /Warning/, place);
}

async function started(t: TestContext): Promise<Account> {
  const account = await Account.start();
  t.after(() => account.stop());
  return account;
}

test("a run where all goes well", async (t) => {
  const account = await started(t);
  const [stdout, stderr] = await run(account, { policy: { ...POLICY, linkLocal: LONG, remote: LONG } });
  await assertClean(account, [stdout, stderr], "no fault");
  const secrets = await secretsOf(account);
  assert.ok(secrets.length >= 20, `${secrets.length}`);
  for (const said of ["event: { event: 'fetched'", "mistake: two words", "response: Response", "after a trap: <AccessToken", "action: {"]) {
    assert.ok(stdout.includes(said), said);
  }
  // Of every source that brings a token, twice; not of the profile that is refused and the callback that throws, and of the bearer once.
  assert.equal(stdout.match(/^token: <AccessToken /gm)?.length, 2 * 9 - 1);
  // The harness would see the secrets if they were printed.
  const [leaked] = await run(account, { leak: secrets.flatMap(parts) });
  const expected = secrets.flatMap((secret) => parts(secret).flatMap((part) => spell(part).map(([name]) => `${name} of ${secret.slice(0, 8)}`)));
  const found = leaks(leaked, secrets).filter((leak) => !leak.startsWith("cut short"));
  assert.deepEqual(found, [...new Set(expected)].sort());
});

const FAULTS: readonly Fault[] = [
  { kind: "hang" }, { kind: "not_listening" }, { kind: "reset" }, { kind: "close_mid_body" }, { kind: "drip", interval_ms: 20 },
  { kind: "html" }, { kind: "empty_object" }, { kind: "truncated_json" }, { kind: "invalid_json" }, { kind: "opaque_token" },
  { kind: "huge_body", bytes: 2_000_000, content_length: false }, { kind: "redirect", status: 307, location: "http://127.0.0.1:9/" },
  { kind: "expired_on_arrival" }, { kind: "extra_fields" },
];

// They wait more than they compute.
describe("where things go wrong", { concurrency: 4 }, () => {
  for (const fault of FAULTS) {
    test(`a run under the fault ${fault.kind}`, async (t) => {
      const account = await started(t);
      for (const service of ["metadata", "iam"]) await account.simulator.fault(service, fault);
      await assertClean(account, await run(account), fault.kind);
    });
  }

  for (const status of [400, 503]) {
    for (const sources of ["api_key,assume", "api_key of,container of a client", "container,external,bearer"]) {
      test(`services that repeat what they were sent: ${sources}, ${status}`, async (t) => {
        const account = await started(t);
        const crToken = readFileSync(account.tokenFile, "utf8").trim();
        const { value } = account.simulator.seed.api_key;
        const sent = sources === "api_key,assume" ? value : sources.startsWith("api_key of") ? CLIENT.clientSecret : crToken;
        const message = `the credential ${sent} is not accepted`;
        await account.simulator.fault("iam", { kind: "status", status, code: "BXNIM0106E", message });
        const outcome = await run(account, { sources: sources.split(","), policy: { ...POLICY, linkLocal: LONG, remote: LONG } });
        await assertClean(account, outcome, sources);
        assert.ok(outcome[0].includes("the credential [redacted] is not accepted"));
      });
    }
  }
});

test("the search finds every spelling of every part", () => {
  for (const secret of [JWT, KEY]) {
    for (const part of parts(secret)) {
      for (const [name, spelled] of spell(part)) {
        const log = `2026-01-01 INFO something went on: value=${spelled}, and more`;
        assert.ok(leaks(log, [secret]).includes(`${name} of ${secret.slice(0, 8)}`), `${name} ${part}`);
      }
    }
  }
  assert.deepEqual(leaks("eyJhbGciOiJSUzI1NiJ9 is the header of every token; sim-k3y is eight characters; [redacted]", [JWT, KEY]), []);
});
