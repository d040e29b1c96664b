// Whole processes, timed from outside, one of each in turn so that all see the same machine; and what loading takes in them.
import { spawnSync } from "node:child_process";
import { environment } from "./sides.mjs";
import { add } from "./samples.mjs";

/** Says how much memory it took at most, in KiB. */
const PEAK = 'process.on("exit", () => process.stdout.write(String(process.resourceUsage().maxRSS)));';

/** A figure, a column of it, a side and its program. The bare interpreter is the measure of all. */
function programs(ours, peer, url, tokenFile) {
  const by = (module, expression) => `require(${JSON.stringify(module)})${expression}`;
  const our = (source, options) => by("trusted-profile", `.TokenProvider.${source}(${JSON.stringify(options)}).then((tokens) => tokens.token());`);
  const their = (source, options) => `new (${by(peer.module, `.${source}Authenticator`)})(${JSON.stringify(options)}).tokenManager.getToken();`;
  const pod = { profileId: "Profile-bench", crTokenFile: tokenFile, endpoint: url };
  const theirPod = { iamProfileId: "Profile-bench", crTokenFilename: tokenFile, url };
  return [
    ["bare", "bare", ours, ""],
    ["load_wall", "ours", ours, by("trusted-profile", ";")],
    ["load_wall", "peer", peer, by(peer.module, ";")],
    ["first_vpc", "ours", ours, our("vpcInstance", { endpoint: url })],
    ["first_vpc", "peer", peer, their("VpcInstance", { url })],
    ["first_container", "ours", ours, our("container", pod)],
    ["first_container", "peer", peer, their("Container", theirPod)],
  ];
}

/** Milliseconds from start to end (`first_vpc`), and the peak of memory in MiB (`first_vpc_peak`). */
export function starts(ours, peer, url, tokenFile, rounds) {
  const results = {};
  for (let round = -1; round < rounds; round += 1) {
    for (const [figure, column, side, program] of programs(ours, peer, url, tokenFile)) {
      const { took, said } = run(side, `${PEAK} ${program}`);
      // The first round warms the page cache.
      if (round < 0) continue;
      add(results, figure, column, [took]);
      add(results, `${figure}_peak`, column, [Number(said) / 1024]);
    }
  }
  return results;
}

/**
 * What `require` and `import` take in a fresh process. The interpreter's own start is not in it, nor is that of its loader
 * of modules, which a program that imports anything has started.
 */
export function loading(sides, rounds) {
  const results = {};
  const say = "process.stdout.write(String(performance.now() - begun))";
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, module, root } of sides) {
      const required = run({ name, root }, `const begun = performance.now(); require("${module}"); ${say};`);
      const imported = run({ name, root }, `const load = async () => { await import("data:text/javascript,"); const begun = performance.now(); await import("${module}"); ${say}; }; load();`);
      if (round < 0) continue;
      add(results, "load_require", name, [Number(required.said)]);
      add(results, "load_import", name, [Number(imported.said)]);
    }
  }
  return results;
}

function run({ name, root }, program) {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", program], { cwd: root, env: environment(), encoding: "utf8" });
  const took = performance.now() - begun;
  if (status !== 0) throw new Error(`${name}: exit status ${status} of ${program}\n${stderr}`);
  return { took, said: stdout };
}
