/** The package in a real browser, by the page's own `fetch`. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { onePerRule } from "../scenarios/canary.js";
import { digest, scenarios } from "../scenarios/corpus.js";
import type { Outside } from "../scenarios/outside.js";
import { Simulators } from "../scenarios/simulators.js";
import * as corpus from "../vectors/corpus.js";
import { type Visit, visit } from "./chromium.js";

const say = (line: string): unknown => process.stdout.write(`${line}\n`);
let open: Visit;

before(async () => {
  open = await visit("page.ts", async (page, origin) => {
    const simulators = new Simulators("--cors-origin", origin);
    const perform = (name: keyof Outside, args: never[]): unknown => (simulators[name] as (...args: never[]) => unknown)(...args);
    await page.exposeFunction("outside", perform);
  });
  say(`Chromium ${open.version}`);
});
after(() => open.close());

test("every vector plays in a page", async () => {
  const files = corpus.files().filter(({ path }) => path.startsWith("scripts/"));
  const failures: string[] = [];
  for (const { path, bytes } of files) {
    const complaints = await open.page.evaluate((json) => runs.vector(json), JSON.parse(bytes.toString()) as unknown);
    if (complaints.length > 0) failures.push(`${path}: ${complaints.join("; ")}`);
  }
  assert.deepEqual(failures, [], `${failures.length} of ${files.length} failed`);
  say(`vectors in Chromium: ${files.length} run, 0 skipped`);
  say(`vectors: ${files.length} run, 0 skipped`);
});

test("every scenario holds in a page", async () => {
  const all = scenarios();
  const failed = await open.page.evaluate((all) => runs.scenarios(all), all);
  assert.deepEqual(failed, [], `${failed.length} of ${all.length} failed`);
  say(`scenarios in Chromium: ${all.length} run, 0 skipped`);
  say(`scenarios: ${all.length} run, 0 skipped`);
  say(`scenarios: sha256 ${digest()}`);
});

test("a wrong expectation is noticed in a page", async () => {
  const chosen = onePerRule(scenarios());
  assert.deepEqual(await open.page.evaluate((chosen) => runs.flipped(chosen), chosen), []);
  say(`scenarios canary: ${chosen.length} flipped, ${chosen.length} caught`);
});

test("a page is given no API key and has no files", async () => {
  const [apiKey, below, container, file, ca] = await open.page.evaluate(() => runs.refusals());
  for (const message of [apiKey, below]) assert.match(String(message), /^invalid_argument: apiKey: a page cannot keep it/);
  for (const message of [container, file]) assert.match(String(message), /^invalid_argument: crTokenFile: a page has no files/);
  assert.match(String(ca), /^invalid_argument: ca: a page cannot say whom to trust/);
  assert.ok(![apiKey, below].join().includes("a-key"));
});

test("a page that is not told what failed never tries the metadata service without TLS", async () => {
  const { asked, error } = await open.page.evaluate(() => runs.unreachable());
  assert.deepEqual(new Set(asked.map((url) => new URL(url).protocol)), new Set(["https:"]));
  assert.ok(asked.length > 1);
  assert.match(error, /^metadata_unreachable: .*no network, no CORS for this page, or a certificate/);
});

test("the page needs no more than its policy allows, and leaves no rejection unhandled", () => {
  assert.deepEqual(open.complaints, []);
});
