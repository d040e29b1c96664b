/**
 * Proxies: none of the environment and none of the program's own sees a request to the metadata service or to this machine.
 * Public hosts are reached by `fetch`, and so through whatever the program and its Node have set for it.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { SourceOptions } from "trusted-profile";
import { Account } from "./account.js";
import { Elsewhere, INVENTED } from "./elsewhere.js";
import type { Given, Outcome } from "./programs/fetching.js";
import { BEGIN, WRITE, compare } from "./table.js";

const PROGRAM = fileURLToPath(new URL("programs/fetching.mjs", import.meta.url));
const SPELLINGS = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
/** Those under which IBM's core was measured, with what it did. */
const MEASURED = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
const IBM = "the proxy gets the identity token in plain text; its invented token is taken";
const HEAD = `\
${BEGIN}\`${WRITE}=1 node build/test.mjs faults/proxies\` in \`bindings-js\`. Do not edit. -->

## JavaScript: proxies of the environment

With each variable naming a proxy that records and invents tokens, and \`NODE_USE_ENV_PROXY=1\`: the metadata service and IAM
at a local address, over http and https. In the same process IBM's core sent its request to the proxy.

| Variable | ours | IBM's |
|---|---|---|
`;
/** Nobody has this name, and no resolver is asked for it: that is left to the proxy. */
const PUBLIC = "https://iam.simulated.invalid";
const KEY = "a-key-that-nobody-should-see";
/** Newer ones have `fetch` honour the environment's proxies when told to. */
const KNOWS_ENVIRONMENT = process.allowedNodeEnvironmentFlags.has("--use-env-proxy");

async function outcomesOf(given: Given, environment: Readonly<Record<string, string>>): Promise<Outcome[]> {
  const program = spawn(process.execPath, [PROGRAM], { env: { NODE_USE_ENV_PROXY: "1", ...environment }, stdio: ["pipe", "pipe", "inherit"] });
  program.stdin.end(JSON.stringify(given));
  return JSON.parse(await text(program.stdout)) as Outcome[];
}

/** An account with certificates of its own, which programs find in this environment. */
async function arrange(t: TestContext): Promise<{ account: Account; wishes: SourceOptions[]; environment: Record<string, string> }> {
  const account = await Account.start("--tls");
  t.after(() => account.stop());
  const { seed, overview, metadataUrl, iamUrl } = account.simulator;
  const certificates = join(account.folder, "ca.pem");
  writeFileSync(certificates, overview.ca_certificate_pem);
  // An instance answers in one scheme, so the other scheme takes another instance.
  const profile = { id: seed.instance_profile.id, auto_link: true };
  const secure = (await account.simulator.control("POST", "instances", { protocol: "https", default_trusted_profile: profile })) as {
    metadata_https_url: string;
  };
  const pod = { source: "container", profileId: seed.pod_profile.id, crTokenFile: account.tokenFile } as const;
  const wishes: SourceOptions[] = [
    { source: "vpc_instance", endpoint: metadataUrl },
    { source: "vpc_instance", endpoint: secure.metadata_https_url },
    { ...pod, endpoint: iamUrl },
    { ...pod, endpoint: overview.iam_https_url ?? "" },
  ];
  return { account, wishes, environment: { NODE_EXTRA_CA_CERTS: certificates } };
}

/** Every request for a token came to the account with credentials of ours, and every token is one of its own. */
async function assertStraight(account: Account, outcomes: readonly Outcome[]): Promise<void> {
  assert.equal(outcomes.length, 4);
  for (const outcome of outcomes) {
    assert.ok("token" in outcome, JSON.stringify(outcome));
    assert.notEqual(outcome.token, INVENTED);
    assert.equal(await account.greeting(outcome.token), 200);
  }
  const requests = (await account.journal()).filter((entry) => entry.service === "metadata" || entry.service === "iam");
  // Both schemes: two requests for the instance's token, one for the pod's.
  assert.deepEqual(requests.map((entry) => entry.service).sort(), ["iam", "iam", ...Array<string>(4).fill("metadata")]);
  const sent = requests.flatMap((entry) => entry.headers.filter(([name]) => name === "authorization").map(([, value]) => value));
  assert.ok(sent.length === 2 && sent.every((value) => value.startsWith("Bearer eyJ")), "only those of the identity tokens");
}

const lines: string[] = [];

for (const spelling of SPELLINGS) {
  test(`${spelling}: no proxy of the environment sees a request to the metadata service`, async (t) => {
    const { account, wishes, environment } = await arrange(t);
    const proxy = await Elsewhere.start();
    t.after(() => proxy.stop());
    const isForHttp = spelling.toLowerCase() === "http_proxy";
    // The control: IBM's core does go through the proxy, with the request for an identity token.
    const control = isForHttp ? "http://127.0.0.9:9" : "https://127.0.0.9:9";
    // Nodes that know the others know nothing of this one, and IBM's core then leaves all of them to Node.
    const leave: Record<string, string> = KNOWS_ENVIRONMENT && spelling.toLowerCase() === "all_proxy" ? { NODE_USE_ENV_PROXY: "0" } : {};
    await assertStraight(account, await outcomesOf({ wishes, control }, { ...environment, ...leave, [spelling]: proxy.url }));
    const expected = isForHttp ? "PUT http://127.0.0.9:9/instance_identity/v1/token" : "CONNECT 127.0.0.9:9";
    assert.deepEqual(proxy.recorded.map(({ method, target }) => `${method} ${target.split("?")[0]}`).slice(0, 1), [expected]);
    assert.ok(proxy.recorded.every(({ target }) => target.includes("127.0.0.9:9")), JSON.stringify(proxy.recorded));
    lines.push(`| \`${spelling}\` | token, past the proxy | ${MEASURED.includes(spelling) ? IBM : ""} |\n`);
  });
}

test("the page has what was seen", () => compare(HEAD + lines.join("")));

test("no agent and no dispatcher of the program's sees a request to the metadata service", async (t) => {
  const { account, wishes, environment } = await arrange(t);
  const proxy = await Elsewhere.start();
  t.after(() => proxy.stop());
  await assertStraight(account, await outcomesOf({ wishes, everythingTo: proxy.url }, environment));
  assert.deepEqual(proxy.recorded.map(({ target }) => target), ["/by-agent", "/by-dispatcher"]);
});

test("public hosts are reached by what the program set for fetch", async (t) => {
  const proxy = await Elsewhere.start();
  t.after(() => proxy.stop());
  const wishes: SourceOptions[] = [{ source: "api_key", apiKey: KEY, endpoint: PUBLIC }];
  const [outcome] = await outcomesOf({ wishes, everythingTo: proxy.url }, {});
  assert.ok(outcome !== undefined && "error" in outcome && outcome.error === "service_unreachable", JSON.stringify(outcome));
  assert.ok(outcome.text.includes(". Fix: ") && !outcome.text.includes(KEY), outcome.text);
  assert.deepEqual(proxy.recorded.map(({ target }) => target), ["/by-agent", "/by-dispatcher", "/identity/token"]);
  if (!KNOWS_ENVIRONMENT) return;
  await outcomesOf({ wishes }, { https_proxy: proxy.url });
  const tunnels = proxy.recorded.slice(3);
  assert.deepEqual(tunnels.map(({ method, target }) => `${method} ${target}`), ["CONNECT iam.simulated.invalid:443"]);
  assert.ok(!JSON.stringify(tunnels).includes(KEY), "a proxy gets no credential");
});
