/** The package in pages, as bundlers build them without being told anything about it. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { build as esbuild } from "esbuild";
import type { Browser } from "playwright-core";
import { createLogger, build as vite } from "vite";
import webpack from "webpack";
import { POLICY, browse, launch } from "./browse.js";
import { Scratch } from "./scratch.js";

const PAGE = `
import { ExternalSourceFailedError, TokenProvider } from "trusted-profile";
import { Vpc } from "trusted-profile/catalog";

async function show() {
  const tokens = await TokenProvider.external(async ({ signal }) => {
    const { access_token, expires_in } = await (await fetch("/token", { signal })).json();
    return { accessToken: access_token, expiresIn: expires_in };
  }, { allowedOrigins: [location.origin] });
  const [token, data] = [await tokens.token(), await (await tokens.fetch("/data")).text()];
  const failing = await TokenProvider.external(() => Promise.reject(new Error("no service")));
  const error = await failing.token().catch((error) => error);
  const refused = await TokenProvider.apiKey("secret").catch((error) => error);
  const { url } = await new Vpc(tokens, { region: "eu-de" }).request("list_vpcs", { resourceGroupId: "r" });
  return [url.split("?")[0], token.authorization, data, error instanceof ExternalSourceFailedError, refused.code, tokens.describe().transport].join("; ");
}

show().catch(String).then((text) => {
  document.body.textContent = text;
  document.body.dataset.done = "";
});
`;
const SHOWN = "https://eu-de.iaas.cloud.ibm.com/v1/vpcs; Bearer from-the-server; data for Bearer from-the-server; true; invalid_argument; fetch";

const HTML = '<!doctype html><title>page</title><body></body><script type="module" src="/page.js"></script>';

/** Needs nothing that fetches tokens. */
const PART = 'import { AccessToken, ProfileNotLinkedError } from "trusted-profile"; globalThis.part = [AccessToken.name, ProfileNotLinkedError.name];';

/** How the module begins in base64. */
const WASM = "H4sI";

interface Built {
  readonly files: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

let project: Scratch;
let browser: Browser;
before(async () => {
  project = Scratch.install("bundlers", { "page.js": PAGE, "part.js": PART, "index.html": HTML, "part/index.html": HTML.replace("/page.js", "../part.js") });
  browser = await launch();
});
after(() => browser.close());

async function withEsbuild(entry: string): Promise<Built> {
  const { outputFiles, warnings } = await esbuild({
    absWorkingDir: project.root, entryPoints: [entry], outfile: "page.js", bundle: true, minify: true, format: "esm", write: false, logLevel: "silent",
  });
  const scripts = outputFiles.map(({ path, text }) => [path.slice(project.root.length), text] as const);
  return { files: new Map([["/index.html", HTML], ...scripts]), warnings: warnings.map(({ text }) => text) };
}

async function withVite(entry: string): Promise<Built> {
  const warnings: string[] = [];
  const customLogger = createLogger("warn");
  customLogger.warn = customLogger.warnOnce = customLogger.error = (text) => void warnings.push(text);
  const out = `${project.root}/of-vite-${entry}`;
  const input = entry === "page.js" ? "index.html" : "part/index.html";
  await vite({ root: project.root, configFile: false, logLevel: "warn", customLogger, build: { outDir: out, emptyOutDir: true, rollupOptions: { input: join(project.root, input) } } });
  return { files: served(out), warnings };
}

async function withWebpack(entry: string): Promise<Built> {
  const out = `${project.root}/of-webpack-${entry}`;
  const compiler = webpack({ mode: "production", context: project.root, entry: `./${entry}`, output: { path: out, filename: "page.js" } });
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    compiler?.run((error, stats) => compiler.close(() => (error ? reject(error) : resolve(stats))));
  });
  const { errors = [], warnings = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
  return { files: new Map([["/index.html", HTML], ...served(out)]), warnings: [...errors, ...warnings].map(({ message }) => message) };
}

function served(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(files.map((entry) => join(entry.parentPath, entry.name)).map((path) => [path.slice(folder.length), readFileSync(path, "utf8")]));
}

for (const [name, built] of [["esbuild", withEsbuild], ["Vite", withVite], ["webpack", withWebpack]] as const) {
  describe(name, () => {
    it("builds a page that gets tokens", async () => {
      const { files, warnings } = await built("page.js");
      assert.deepEqual(warnings, []);
      assert.equal([...files].filter(([, text]) => text.includes(WASM)).length, 1);
      assert.deepEqual(await browse(browser, files), { shown: SHOWN, complaints: [] });
    });

    it("leaves out what is not used", async () => {
      const { files, warnings } = await built("part.js");
      assert.deepEqual(warnings, []);
      const scripts = [...files].filter(([path]) => path.endsWith(".js")).map(([, text]) => text);
      assert.ok(scripts.some((text) => text.includes("elapsedMs")));
      assert.deepEqual(scripts.filter((text) => text.includes(WASM)), []);
    });
  });
}

it("a page that forbids WebAssembly is told so", async () => {
  const { files } = await withEsbuild("page.js");
  const { shown } = await browse(browser, files, { policy: POLICY.replace(" 'wasm-unsafe-eval'", "") });
  assert.match(shown, /script-src of the Content-Security-Policy has to have 'wasm-unsafe-eval'/);
});

/** Gets a token, from a source that reads a file, and from what is imported as a program may also require it. */
const PROGRAM = `
import { TokenProvider } from "trusted-profile";
import { Vpc } from "trusted-profile/catalog";
import { Ticket, TokenManager } from "trusted-profile/sansio";

async function main() {
  const tokens = await TokenProvider.external(() => ({ accessToken: "of-a-callback", expiresIn: 60 }));
  const machine = await TokenManager.create({ source: "container", profileName: "p", crTokenFile: "/t" });
  const { method } = await new Vpc(tokens, { region: "eu-de" }).request("list_vpcs");
  process.stdout.write([(await tokens.token()).authorization, machine.poll(new Ticket()).kind, method].join("; "));
}
main();
`;

const FOR_NODE: Readonly<Record<string, (entry: string, out: string) => Promise<unknown>>> = {
  esbuild: (entry, out) => esbuild({ entryPoints: [entry], outfile: out, bundle: true, platform: "node", format: "esm", logLevel: "silent", banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' } }),
  Vite: (entry, out) => vite({ root: project.root, configFile: false, logLevel: "silent", ssr: { noExternal: true }, build: { ssr: entry, outDir: join(out, ".."), emptyOutDir: true, rollupOptions: { output: { entryFileNames: "[name].mjs" } } } }),
  webpack: (entry, out) => new Promise<void>((resolve, reject) => {
    const compiler = webpack({ mode: "production", target: "node", context: project.root, entry, output: { path: join(out, ".."), filename: "program.mjs", module: true }, experiments: { outputModule: true } });
    compiler?.run((error, stats) => compiler.close(() => (error ?? stats?.hasErrors() ? reject(error ?? new Error(stats?.toString())) : resolve())));
  }),
};

for (const [name, build] of Object.entries(FOR_NODE)) {
  it(`${name} builds a program for Node that needs nothing beside it`, async () => {
    project.write("program.mjs", PROGRAM);
    const apart = mkdtempSync(join(tmpdir(), "trusted-profile-bundled-"));
    try {
      await build(join(project.root, "program.mjs"), join(apart, "program.mjs"));
      const { stdout, stderr } = spawnSync(process.execPath, ["program.mjs"], { cwd: apart, encoding: "utf8", timeout: 60_000 });
      assert.deepEqual([stdout, stderr], ["Bearer of-a-callback; needFiles; GET", ""]);
    } finally {
      rmSync(apart, { recursive: true, force: true });
    }
  });
}
