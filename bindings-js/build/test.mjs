// Turns the tests into JavaScript and has node's own test runner run them, with the Node that runs this:
//
//   node build/test.mjs                     every test
//   node build/test.mjs scenarios node/     those whose path below tests/ holds one of these
//   node build/test.mjs -browser/           all but those
//
// Programs that tests start stand in folders named `programs`; they are turned into JavaScript as well and keep their
// place beside the tests. Packages stay outside, so that `trusted-profile` is what is published, by its own exports.
// The working directory of every test is the folder of package.json.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const tests = join(root, "tests");
const files = readdirSync(tests, { recursive: true })
  .map((file) => file.split(sep).join("/"))
  .filter((file) => file.endsWith(".ts"))
  .sort();
const given = process.argv.slice(2);
const [unwanted, wanted] = [given.filter((part) => part.startsWith("-")).map((part) => part.slice(1)), given.filter((part) => !part.startsWith("-"))];
const chosen = files
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .filter((file) => !unwanted.some((part) => file.includes(part)));
if (chosen.length === 0) {
  console.error(`no test below tests/ is chosen by ${given.join(" ")}`);
  process.exit(1);
}
const programs = files.filter((file) => /(^|\/)programs\/[^/]+\.ts$/.test(file));

// A folder of its own, so that several runs do not meet.
const parent = join(root, "dist-tests");
mkdirSync(parent, { recursive: true });
const out = mkdtempSync(join(parent, "run-"));
process.on("exit", () => rmSync(out, { recursive: true, force: true }));

await build({
  absWorkingDir: root,
  entryPoints: [...chosen, ...programs].map((file) => join(tests, file)),
  outbase: tests,
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  target: "es2022",
  sourcemap: "inline",
  sourcesContent: false,
  // Node 18.17 has no names for these. The package is imported before this runs.
  banner: { js: 'for (const name of ["dispose", "asyncDispose"]) Symbol[name] ??= Symbol.for(`Symbol.${name}`);' },
  logLevel: "warning",
});

const [major, minor] = process.versions.node.split(".").map(Number);
// Tests wait more than they compute.
const knowsConcurrency = major > 20 || (major === 20 && minor >= 10) || (major === 18 && minor >= 19);
const runner = spawn(
  process.execPath,
  [
    "--enable-source-maps",
    "--test",
    "--test-reporter=spec",
    ...(knowsConcurrency ? ["--test-concurrency=4"] : []),
    ...chosen.map((file) => join(out, file.replace(/\.ts$/, ".mjs"))),
  ],
  { cwd: root, stdio: "inherit" },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => runner.kill(signal));
runner.on("exit", (code) => process.exit(code ?? 1));
