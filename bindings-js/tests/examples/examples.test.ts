/** Every example, run as its reader runs it. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Recorder } from "../adapters/recorder.js";
import { browse, launch } from "../packaging/browse.js";
import { Simulator } from "../simulator.js";

const EXAMPLES = resolve("examples");
const names = readdirSync(EXAMPLES).filter((name) => name.endsWith(".ts"));
// Within the package, whose name they import.
const out = join(dirname(fileURLToPath(import.meta.url)), "examples");
const folder = mkdtempSync(join(tmpdir(), "trusted-profile-examples-"));

let simulator: Simulator;
before(async () => {
  const entryPoints = names.map((name) => join(EXAMPLES, name));
  // Node 22.18 and later strip the types by themselves.
  await build({ entryPoints, outdir: out, outExtension: { ".js": ".mjs" }, format: "esm", target: "node18", logLevel: "warning" });
  simulator = await Simulator.start();
});
after(async () => {
  await simulator.stop();
  rmSync(folder, { recursive: true });
});

function start(name: string, ...options: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(out, `${basename(name, ".ts")}.mjs`), ...options], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
}

async function run(name: string, ...options: readonly string[]): Promise<{ code: unknown; printed: string; complaints: string }> {
  const child = start(name, ...options);
  const [[code], printed, complaints] = await Promise.all([once(child, "close"), text(child.stdout as never), text(child.stderr as never)]);
  return { code, printed: printed.trim(), complaints: complaints.trim() };
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** For each example its arguments, and what it has to print. */
const PROGRAMS: Readonly<Record<string, readonly [() => readonly string[] | Promise<readonly string[]>, RegExp]>> = {
  "vpc_instance.ts": [() => [simulator.metadataUrl], /^iam-Profile-\S+, for 3600 seconds$/],
  "bare_metal.ts": [() => [simulator.seed.instance_profile.id, simulator.metadataUrl], /^iam-Profile-\S+$/],
  "first_boot.ts": [linkedLate, /^\{"event":"fetched",.*"slot":"identity"\}\n\{.*"code":"profile_not_linked".*"event":"not_ready".*\}\n\{"event":"fetched",.*"slot":"iam"\}\nvpc_instance: /],
  "list_instances.ts": [() => [simulator.metadataUrl, simulator.vpcUrl], /^seed-instance: running$/],
  "change_safely.ts": [() => ["mine", simulator.metadataUrl, simulator.vpcUrl], /^somebody else was faster\nmine-ours$/],
  "instance_metadata.ts": [() => [simulator.metadataUrl], /^seed-instance in \S+\n\d+ characters of user data$/],
  "container.ts": [pod, /^iam-Profile-\S+$/],
  "api_key.ts": [() => [file("api_key", `${(simulator.seed["api_key"] as { value: string }).value}\n`), simulator.iamUrl], /^AccessToken iam, generation 1, until 20\S+Z$/],
  "external_vault.ts": [
    () => [file("token.json", JSON.stringify({ token: "secret", expires_at: Date.now() / 1000 + 1900 }))],
    /^AccessToken iam, generation 1, usable for more than 31 minutes$/,
  ],
  "list_vpcs.ts": [() => [simulator.metadataUrl, (simulator.overview as unknown as { vpc_url: string }).vpc_url], /^vpc-of-seed-instance: subnet-of-seed-instance$/],
  "sansio_fetch.ts": [pod, /^AccessToken iam, generation 1$/],
  "ibm_cos_client.ts": [() => [simulator.objectStoreUrl, simulator.seed["bucket"] as string, "greeting.txt", simulator.metadataUrl], /^hello$/],
};

/** These need more than arguments, and have a test of their own. */
const OTHERS = ["http_server.ts", "ibm_cloud_sdk_core_client.ts"];

async function linkedLate(): Promise<readonly string[]> {
  const fault = { kind: "status", status: 400, code: "profile_not_linked" };
  await simulator.fault("metadata", fault, { method: "POST", path: "/identity/v1/iam_tokens", times: 1 });
  return [simulator.metadataUrl];
}

async function pod(): Promise<readonly string[]> {
  return [simulator.seed.pod_profile.id, await simulator.tokenFile(mkdtempSync(join(folder, "pod-"))), simulator.iamUrl];
}

it("no example is left out", () => {
  assert.deepEqual([...names].sort(), [...Object.keys(PROGRAMS), ...OTHERS].sort());
});

for (const [name, [options, expected]] of Object.entries(PROGRAMS)) {
  it(name, async () => {
    const { code, printed, complaints } = await run(name, ...(await options()));
    assert.deepEqual([code, complaints], [0, ""]);
    assert.match(printed, expected);
  });
}

it("an error says what to do", async () => {
  const { code, complaints } = await run("vpc_instance.ts", "http://127.0.0.1:1");
  assert.equal(code, 1);
  assert.match(complaints, /^metadata_unreachable: .*\n\s+1\. .*Fix: /s);
});

it("external_vault.ts shows nothing of a file that it cannot read", async () => {
  for (const content of ["opaque-token", '{"token": opaque-token}', '"opaque-token"']) {
    const { code, complaints } = await run("external_vault.ts", file("odd.json", content));
    assert.equal(code, 1);
    assert.match(complaints, /external_source_failed: /);
    assert.doesNotMatch(complaints, /opaque/);
  }
});

it("ibm_cloud_sdk_core_client.ts", async () => {
  await using vpc = await Recorder.start(() => ({ body: '{"regions":[{"name":"us-south"},{"name":"eu-de"}]}' }));
  const { code, printed, complaints } = await run("ibm_cloud_sdk_core_client.ts", vpc.url, simulator.metadataUrl);
  assert.deepEqual([code, complaints, printed], [0, "", "us-south\neu-de"]);
  assert.match(vpc.authorizations.join(), /^Bearer ey[\w.-]+$/);
  assert.equal(vpc.received[0]?.path, "/v1/regions?version=2025-08-26&generation=2");
});

it("http_server.ts", async () => {
  const server = start("http_server.ts", simulator.objectStoreUrl, simulator.seed["bucket"] as string, simulator.metadataUrl);
  const complaints = text(server.stderr as never);
  const [line] = (await once(createInterface({ input: server.stdout as never }), "line")) as [string];
  const [address] = /http:\S+/.exec(line) as [string] & RegExpExecArray;
  const answers = await Promise.all(["greeting.txt", "greeting.txt", "missing.txt"].map(async (key) => {
    const response = await fetch(`${address}/${key}`);
    return [response.status, response.status === 200 ? await response.text() : await response.body?.cancel()];
  }));
  assert.deepEqual(answers, [[200, "hello\n"], [200, "hello\n"], [404, undefined]]);
  server.kill("SIGTERM");
  const [code] = await once(server, "exit");
  assert.deepEqual([code, await complaints], [0, "fetched\nfetched\n"]);
});

it("page/", async () => {
  const { outputFiles } = await build({ entryPoints: [join(EXAMPLES, "page/page.ts")], bundle: true, minify: true, format: "esm", write: false });
  const html = readFileSync(join(EXAMPLES, "page/index.html"), "utf8");
  await using browser = await launch();
  const page = new Map([["/index.html", html], ["/page.js", outputFiles.map((script) => script.text).join("")]]);
  assert.deepEqual(await browse(browser, page, { until: "output:not(:empty)" }), { shown: "data for Bearer from-the-server", complaints: [] });
});

describe("sansio_fetch.ts keeps to its limits", () => {
  for (const [kind, fault, error] of [
    ["redirect", { kind: "redirect", status: 307, location: "/identity/token" }, /redirect_refused: /],
    ["huge", { kind: "huge_body", content_length: false }, /response_too_large: .*more than 1048576 bytes/],
    ["bomb", { kind: "gzip_bomb" }, /response_too_large: /],
  ] as const) {
    it(kind, async () => {
      await simulator.fault("iam", fault);
      try {
        const { code, complaints } = await run("sansio_fetch.ts", ...(await pod()));
        assert.equal(code, 1);
        assert.match(complaints, error);
      } finally {
        await simulator.heal();
      }
    });
  }
});
