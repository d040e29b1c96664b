/** Every fault of the simulator, at every request, by every means. The results are a section of `docs/faults.md`. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Account, CALM, type Fault, HOPS, type Hop, INSTANCE, PLACES, POD, type Way, kindsOfFaults } from "./account.js";
import { Due, run } from "./cells.js";
import { Elsewhere, INVENTED } from "./elsewhere.js";
import { Row, rows } from "./rows.js";
import { settled } from "./strays.js";
import { type Cell, agreed, compare, render } from "./table.js";

/** Cells spend their time waiting; this many do so at once, each in an account of its own. */
const AT_ONCE = 8;

after(async () => assert.deepEqual(await settled(), [], "nobody caught these"));

async function runAll(faults: readonly Row[]): Promise<Cell[]> {
  // The slow ones first, so that nothing is left to wait for at the end.
  const jobs = [...faults.filter((row) => row.isSlow), ...faults.filter((row) => !row.isSlow)]
    .flatMap((row) => PLACES.map(([hop, way]) => ({ row, hop, way })));
  const cells: Cell[] = [];
  const lane = async (): Promise<void> => {
    const account = await Account.start();
    try {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
        cells.push({ ...job, seen: await run(job.row, job.hop, job.way, account) });
      }
    } finally {
      // One that failed ends the others.
      jobs.length = 0;
      await account.stop();
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
  for (const ended of lanes) if (ended.status === "rejected") throw ended.reason;
  return cells;
}

test("every fault at every request by every means", async (t) => {
  const elsewhere = await Elsewhere.start("127.0.0.2");
  t.after(() => elsewhere.stop());
  const faults = rows(elsewhere.url);
  const cells = await runAll(faults);
  assert.deepEqual(elsewhere.recorded, [], "a redirect was followed");
  // The other host does record what reaches it.
  assert.ok((await (await fetch(elsewhere.url)).text()).includes(INVENTED) && elsewhere.recorded.length === 1);
  assert.equal(cells.length, faults.length * PLACES.length);
  assert.deepEqual(await settled(), []);
  compare(render(faults, cells));
});

test("the rows have every kind of fault", () => {
  const kinds = new Set(rows("http://127.0.0.2:9").map((row) => row.fault.kind));
  assert.deepEqual([...kinds].sort(), kindsOfFaults());
});

test("nobody waits for a refresh", async (t) => {
  // Exchanges may take an hour here, so that a caller that waited for one would not be back before it.
  const hour = { connect: 3_600_000, attempt: 3_600_000, round: 3_600_000 };
  const patient = { ...CALM, linkLocal: hour, remote: hour };
  const silent: Fault[] = [{ kind: "hang" }, { kind: "drip", interval_ms: 10_000 }, { kind: "unreachable" }];
  const nobodyWaits = async (fault: Fault, hop: Hop, way: Way): Promise<void> => {
    const place = `${fault.kind}, ${hop.name}, ${way}`;
    const account = await Account.start();
    t.after(() => account.stop());
    const due = await Due.arrange(fault, hop, way, account, patient);
    t.after(() => due.tokens.dispose());
    for (let caller = 0; caller < 8; caller += 1) await due.assertCached(place);
    // They all came back, and the refresh that the first one caused is still on its way.
    assert.deepEqual(due.events, [], place);
    assert.ok(due.tokens.describe().status.slots.some((slot) => slot.fetching), place);
  };
  const places: Array<[Hop, Way]> = [[INSTANCE, "node:http"], [POD, "node:http"], [POD, "fetch"]];
  for (const fault of silent) await Promise.all(places.map(([hop, way]) => nobodyWaits(fault, hop, way)));
});

test("the page shows where instance and pod differ", () => {
  const row = new Row("a fault", { kind: "hang" }, "unreachable");
  const cells = HOPS.map((hop): Cell => ({ row, hop, way: "fetch", seen: [hop === POD ? "b" : "a", "same", "same"] }));
  assert.deepEqual([0, 1, 2].map((column) => agreed(cells, column)), ["a, b", "same", "same"]);
});

test("what nobody catches is recorded", () => {
  const program = fileURLToPath(new URL("programs/strays.mjs", import.meta.url));
  const recorded = JSON.parse(execFileSync(process.execPath, [program], { encoding: "utf8" })) as string[];
  assert.deepEqual(recorded.sort(), ["exception: Error: nobody catches this", "rejection: Error: nobody waits for this"]);
});
