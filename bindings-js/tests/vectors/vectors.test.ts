/** The corpus that pins what the token machine does, through the public interface of the package. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { Ticket, TokenManager } from "trusted-profile/sansio";
import { FastPath } from "./fast_path.js";
import { committed, digest, type File, files, ROOT, scenarios } from "./corpus.js";
import { everywhere } from "./leaks.js";
import { playOperations, type Outcome } from "./operations.js";
import { play, played } from "./player.js";

/** What Node shows beside what every runtime does. */
function* shown(value: unknown): Generator<string> {
  yield* everywhere(value);
  for (const customInspect of [true, false]) {
    yield inspect(value, { customInspect, showHidden: true, depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity });
  }
}

/** Plays one file, whichever kind it is. */
async function run(path: string, json: { readonly name?: unknown }): Promise<Outcome & { readonly hits: number }> {
  const [folder] = path.split("/");
  const named = path === `${folder}/${String(json.name)}.json` ? [] : [`its name says ${String(json.name)}`];
  const nothing = { leftOut: [], hits: 0 };
  const outcome = { ...nothing, ...(await (folder === "scripts" ? played(json, shown) : playOperations(json, shown))) };
  return { ...outcome, complaints: [...named, ...outcome.complaints] };
}

const parsed = ({ bytes }: File): { name?: unknown } => JSON.parse(bytes.toString()) as { name?: unknown };
const say = (line: string): void => void process.stdout.write(`${line}\n`);

test("every file plays", async () => {
  const all = files();
  const ran = { scripts: 0, operations: 0, hits: 0 };
  const leftOut: string[] = [];
  const failures: string[] = [];
  for (const file of all) {
    const { complaints, leftOut: lists, hits } = await run(file.path, parsed(file));
    ran.hits += hits;
    if (complaints.length > 0) failures.push(`${file.path}: ${complaints.join("; ")}`);
    else if (lists.length > 0) leftOut.push(`${file.path.replace(/^operations\/|\.json$/g, "")} (${lists.join(", ")})`);
    else ran[file.path.startsWith("scripts/") ? "scripts" : "operations"] += 1;
  }
  assert.deepEqual(failures, [], `${failures.length} of ${all.length} failed`);
  assert.equal(ran.scripts, committed(join(ROOT, "scripts")));
  assert.equal(ran.operations + leftOut.length, committed(join(ROOT, "operations")));
  assert.ok(ran.hits > 0, "no poll of the corpus came upon a token that is held");
  say(`vectors: ${ran.scripts} run, 0 skipped`);
  say(`fast path: ${ran.hits} polls found their token held`);
  say(`operations: ${ran.operations} files run; ${leftOut.length} left out, which the package has no public interface for: ${leftOut.join("; ")}`);
  say(`corpus: sha256 ${digest(all)}`);
});

test("falsified files fail", async () => {
  const program = process.env["TRUSTED_PROFILE_CANARY"];
  assert.ok(program !== undefined, "TRUSTED_PROFILE_CANARY has to name the program that falsifies files");
  const folder = mkdtempSync(join(tmpdir(), "trusted-profile-canary-"));
  try {
    const told = execFileSync(program, ["--write", folder], { encoding: "utf8" });
    // The other runner's corpora are these, to the byte.
    assert.ok(told.includes(`corpus: sha256 ${digest(files())}\nscenarios: sha256 ${digest(scenarios())}\n`), told);
    const flips = JSON.parse(readFileSync(join(folder, "canary.json"), "utf8")) as ReadonlyArray<Record<"file" | "rule" | "from" | "pointer", string>>;
    const caught: string[] = [];
    const leftOut: string[] = [];
    for (const { file, rule, from, pointer } of flips) {
      const outcome = await run(from, JSON.parse(readFileSync(join(folder, file), "utf8")) as { name?: unknown });
      assert.ok(outcome.complaints.length > 0 || outcome.leftOut.length > 0, `not noticed: ${from} ${pointer}`);
      (outcome.complaints.length > 0 ? caught : leftOut).push(rule);
    }
    assert.ok(caught.includes("R1") && caught.length > leftOut.length);
    say(`vectors canary: ${flips.length} flipped, ${caught.length} caught; in lists without a public interface: ${leftOut.join(" ")}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

for (const place of ["poll", "step", "expect"] as const) {
  test(`an unknown member of ${place} is refused`, async () => {
    const file = files().find(({ path }) => path === "scripts/r1/usable_token_at_once.json");
    assert.ok(file !== undefined);
    const script = parsed(file) as { steps: Array<Record<string, object>> };
    const [step] = script.steps;
    Object.assign((place === "step" ? step : step?.[place]) as object, { surprise: 1 });
    assert.match((await run(file.path, script as never)).complaints.join(), /surprise/);
  });
}

test("a token that is held too long is noticed", async () => {
  const machine = await TokenManager.create({ source: "bearer", token: "a-token" });
  const now = { monotonic: 0, unix: 1_790_000_000_000 };
  const fastPath = new FastPath(machine);
  assert.equal(fastPath.poll(new Ticket(), now).kind, "ready");
  assert.equal(fastPath.poll(new Ticket(), now).kind, "ready");
  assert.equal(fastPath.hits, 1);
  machine.invalidate("iam", 1, now);
  assert.throws(() => fastPath.poll(new Ticket(), now), /the token that was ready: expected \[\], found/);
  fastPath.reported();
  assert.throws(() => fastPath.poll(new Ticket(), now), /a token to peek at that the machine has no more/);
});

test("a number that JavaScript cannot hold is refused", async () => {
  const file = files().find(({ path }) => path === "scripts/r1/usable_token_at_once.json");
  const text = String(file?.bytes).replace(/"seed": *\d+/, '"seed": 18446744073709551615');
  assert.match((await play(JSON.parse(text))).join(), /\/seed: expected a whole number/);
});
