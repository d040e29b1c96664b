/** What a program sees while the services misbehave, through the provider and its own transports. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isNoticed, onePerRule } from "./canary.js";
import { digest, scenarios } from "./corpus.js";
import { read } from "./script.js";
import { problems } from "./several.js";
import { Simulators } from "./simulators.js";
import { run } from "./stage.js";
import { BY_FETCH, PLAIN } from "./ways.js";

const say = (line: string): unknown => process.stdout.write(`${line}\n`);
const outside = new Simulators();
const usesIam = (source: unknown): boolean => JSON.stringify(source).includes("{iam_url}");

test("every scenario holds", async () => {
  const all = scenarios();
  const byFetch = all.filter(({ source }) => usesIam(source));
  const runs = [...all.map((scenario) => () => run(scenario, PLAIN, outside)), ...byFetch.map((scenario) => () => run(scenario, BY_FETCH, outside))];
  const failed = await problems(runs);
  assert.equal(failed.length, 0, `${failed.length} of ${runs.length} failed:\n${failed.join("\n")}`);
  say(`scenarios: ${all.length} run, 0 skipped`);
  say(`scenarios by fetch, those with IAM: ${byFetch.length} run`);
  say(`scenarios: sha256 ${digest()}`);
});

test("a wrong expectation is noticed", async () => {
  const chosen = onePerRule(scenarios());
  const failed = await problems(chosen.map((scenario) => () => isNoticed(scenario, PLAIN, outside)));
  assert.equal(failed.length, 0, failed.join("\n"));
  say(`scenarios canary: ${chosen.length} flipped, ${chosen.length} caught`);
});

test("a step or member that nobody knows is refused", () => {
  const scenario = { name: "n", origin: "o", rules: [], source: {}, steps: [{ wait_ms: 1 }] };
  assert.equal(read(scenario, "s").steps.length, 1);
  assert.throws(() => read({ ...scenario, steps: [{ surprise: 1 }] }, "s"), /surprise/);
  assert.throws(() => read({ ...scenario, steps: [{ use: { token: "a", status: 200, surprise: 1 } }] }, "s"), /surprise/);
  assert.throws(() => read({ ...scenario, steps: [{ wait_ms: "1" }] }, "s"), /wait_ms/);
  assert.equal(read({ ...scenario, variants: { page: { 1: { wait_ms: 2 } } } }, "s").steps.length, 1);
  assert.throws(() => read({ ...scenario, variants: { page: { 2: { wait_ms: 2 } } } }, "s"), /step 2/);
  assert.throws(() => read({ ...scenario, variants: { page: { 1: { invalidate: "a" } } } }, "s"), /step 1/);
  assert.throws(() => read({ ...scenario, variants: { surprise: {} } }, "s"), /surprise/);
});
