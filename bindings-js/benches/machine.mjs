// What ran it, and how fast that is: absolute figures mean little without.
import os from "node:os";
import { version as esbuild } from "esbuild";
import { middle } from "./samples.mjs";

/** The surroundings of a run, before it begins. */
export function describe(ours, peer, command) {
  const processors = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    command: `\`${command}\``,
    processor: `${processors.length} x ${processors[0]?.model.trim() ?? "unknown"}`,
    system: `${os.type()} ${os.release()} ${os.machine()}`,
    interpreter: `Node.js ${process.versions.node}, V8 ${process.versions.v8}`,
    bundler: `esbuild ${esbuild}`,
    load: `${os.loadavg()[0].toFixed(2)} on average in the minute before`,
    ours: ours.packages.join(", "),
    peer: `${peer.packages[0]} and ${peer.packages.length - 1} more, as package-lock.json of bindings-js has them`,
  };
}

/** How fast this machine is, in figures that neither side has a part in. */
export function calibration(results) {
  const [bare, awaited, clocks] = [results.bare.bare, results.await_ns.ours, results.clocks_ns.ours].map((samples) => middle(samples));
  return `\`node -e ''\` takes ${bare.toFixed(1)} ms, awaiting a promise that is there ${awaited.toFixed(0)} ns, reading both clocks ${clocks.toFixed(0)} ns`;
}
