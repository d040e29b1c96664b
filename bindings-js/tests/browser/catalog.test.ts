/** Operations in a real browser, by the page's own `fetch`. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cases } from "../every_request.js";
import { Simulator } from "../simulator.js";
import { type Visit, visit } from "./chromium.js";

let open: Visit;
let simulator: Simulator;

before(async () => {
  open = await visit("catalog.ts", async (_, origin) => {
    simulator = await Simulator.start("--cors-origin", origin);
  });
});
after(async () => {
  await open.close();
  await simulator.stop();
});

test("every operation is built in a page as Rust builds it", async () => {
  const made = cases();
  const { operations, sets, wrong } = await open.page.evaluate((cases) => catalog.requests(cases), made);
  assert.deepEqual(wrong, []);
  process.stdout.write(`operations in Chromium: ${operations} built of ${sets} sets of arguments\n`);
  assert.deepEqual([operations, sets], [706, made.length]);
});

test("resources come, change and go by the page's own fetch", async () => {
  const { metadataUrl, seed, overview } = simulator;
  const urls = [metadataUrl, (overview as unknown as { vpc_url: string }).vpc_url] as const;
  assert.deepEqual(await open.page.evaluate(([metadata, vpc]) => catalog.resources(metadata, vpc), urls), [true, "second", true, true, seed.instance.id]);
});

test("the metadata service is asked by the protocol that its tokens came by", async () => {
  const base = "https://api.metadata.cloud.ibm.com";
  assert.deepEqual(await open.page.evaluate(() => catalog.metadata()), [`PUT ${base}/identity/v1/token`, `GET ${base}/metadata/v1/instance`, "0717"]);
});

test("the page needs no more than its policy allows, and leaves no rejection unhandled", () => {
  assert.deepEqual(open.complaints, []);
});
