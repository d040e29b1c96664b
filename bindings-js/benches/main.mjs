// What the package costs, beside IBM's `ibm-cloud-sdk-core` in the same run. `make bench-js` runs it.
//
//   stub        the services, as fast as can be, in a process of their own
//   sides       a fresh folder for each side, with nothing else in it
//   starts      whole processes: load, and start to first token
//   inside      processes that measure themselves: they run what is in `programs`
//   bundles     what a bundler makes of either
//   machine     what ran it, and how fast that is
//   budgets     what `--check` holds
//   page        the table, for people
//
// Results are samples by figure and side (`ours`, `peer`, `bare`). Names say the unit where it is not milliseconds.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { judge } from "./budgets.mjs";
import { bundles } from "./bundles.mjs";
import { inside } from "./inside.mjs";
import { calibration, describe } from "./machine.mjs";
import { page, place } from "./page.mjs";
import { ours, peer } from "./sides.mjs";
import { loading, starts } from "./starts.mjs";
import { Stub } from "./stub.mjs";

const { values: given } = parseArgs({
  options: {
    tarball: { type: "string" },
    check: { type: "boolean", default: false },
    rounds: { type: "string", default: "15" },
    json: { type: "string" },
    page: { type: "string" },
    command: { type: "string", default: "node benches/main.mjs" },
  },
});
if (given.tarball === undefined) throw new TypeError("--tarball has to name what `npm pack` made of our package");

async function measured(rounds) {
  const folder = mkdtempSync(join(tmpdir(), "trusted-profile-bench-"));
  const stub = await Stub.start();
  try {
    const sides = [ours(folder, given.tarball), peer(folder)];
    const tokenFile = join(folder, "cr-token");
    writeFileSync(tokenFile, "made-up.compute-resource.token");
    const results = {};
    for (const { name, bytes, packages } of sides) {
      (results.installed_bytes ??= {})[name] = [bytes];
      (results.packages ??= {})[name] = [packages.length];
    }
    const surroundings = describe(...sides, given.command);
    Object.assign(results, bundles(...sides), loading(sides, rounds));
    Object.assign(results, starts(...sides, stub.url, tokenFile, rounds));
    Object.assign(results, inside(sides, stub.url, rounds));
    return { surroundings, results };
  } finally {
    stub.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const { surroundings, results } = await measured(Number(given.rounds));
const text = page(surroundings, results);
process.stdout.write(text);
if (given.page !== undefined) place(given.page, text);
if (given.json !== undefined) {
  mkdirSync(dirname(given.json), { recursive: true });
  writeFileSync(given.json, `${JSON.stringify({ surroundings, samples: results }, null, 1)}\n`);
}
const missed = judge(results).filter((verdict) => verdict.figure > verdict.limit);
if (given.check && missed.length > 0) {
  for (const { what, figure, limit, unit, budget } of missed) {
    console.error(`budget missed: ${what}: ${figure.toFixed(2)} ${unit}, at most ${limit.toFixed(2)} ${unit} (${budget})`);
  }
  console.error(`on ${surroundings.processor}, ${surroundings.interpreter}; ${calibration(results)}`);
  process.exitCode = 1;
}
