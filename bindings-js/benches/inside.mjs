// Processes that measure themselves: each program of `programs` for either side in turn.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { environment } from "./sides.mjs";
import { add } from "./samples.mjs";

/** Every program; its figures by side, of all rounds together. */
export function inside(sides, url, rounds) {
  const results = {};
  const programs = [
    ["cached", [], rounds],
    ["warm", [], Math.min(rounds, 5)],
    ["herd", ["5"], 1],
    ["herd", ["200"], 1],
    ["heartbeat", ["200"], 1],
    ["memory", [], Math.min(rounds, 3)],
  ];
  for (const [program, options, count] of programs) {
    for (let round = 0; round < count; round += 1) {
      for (const side of sides) {
        for (const [figure, samples] of Object.entries(run(side, program, url, ...options))) add(results, figure, side.name, samples);
      }
    }
  }
  return results;
}

function run({ name, root }, program, ...options) {
  const path = fileURLToPath(new URL(`programs/${program}.mjs`, import.meta.url));
  const ended = spawnSync(process.execPath, ["--expose-gc", path, name, root, ...options], { env: environment(), encoding: "utf8" });
  if (ended.status !== 0) throw new Error(`${name}: exit status ${ended.status} of ${program}\n${ended.stderr}`);
  return JSON.parse(ended.stdout);
}
