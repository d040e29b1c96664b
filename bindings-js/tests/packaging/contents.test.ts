/** What is in the tarball, and what is not. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { before, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { Scratch } from "./scratch.js";

let root: string;
let files: readonly string[];
before(() => {
  root = join(Scratch.install("contents", {}).root, "node_modules/trusted-profile");
  files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => statSync(join(root, path)).isFile()).sort();
});

const text = (path: string): string => readFileSync(join(root, path), "utf8");
const manifest = (): Record<string, unknown> & { exports: object } => JSON.parse(text("package.json")) as never;

it("is what is used, the licence and the documents", () => {
  const entries = ["index", "sansio", "catalog", "adapters-ibm-cloud-sdk-core", "adapters-ibm-cos-sdk"];
  const others = files.filter((path) => !/^dist\/types(-cjs)?\/.+\.d\.ts$/.test(path) && !/^dist\/browser-shared-\w+\.js$/.test(path));
  assert.deepEqual(others, [
    "LICENSE",
    "README.md",
    "dist/browser-catalog.js",
    "dist/browser-index.js",
    "dist/browser-sansio.js",
    "dist/node.cjs",
    "dist/node-binary.cjs",
    "dist/node-catalog-binary.cjs",
    ...entries.flatMap((name) => [`dist/node-${name}.cjs`, `dist/node-${name}.js`, `dist/bundled-${name}.js`]),
    "dist/types-cjs/package.json",
    "package.json",
  ].sort());
  assert.equal(text("LICENSE"), readFileSync("../LICENSE", "utf8"));
  assert.equal(text("README.md"), readFileSync("README.md", "utf8"));
});

it("has all that its exports name", () => {
  const named = JSON.stringify(manifest().exports).match(/\.\/dist\/[\w./-]+\.(?:js|cjs|d\.ts)\b/g) ?? [];
  assert.ok(named.length > 10);
  for (const path of named) assert.ok(files.includes(path.slice(2)), path);
});

it("does nothing when it is installed, and needs nothing", () => {
  const { scripts, dependencies, devDependencies, imports, sideEffects, peerDependencies, peerDependenciesMeta } = manifest();
  assert.deepEqual([scripts, dependencies, devDependencies, imports, sideEffects], [undefined, undefined, undefined, undefined, false]);
  for (const name of Object.keys(peerDependencies as object)) {
    assert.deepEqual((peerDependenciesMeta as Record<string, unknown>)[name], { optional: true });
  }
});

it("names no path of the machine that it was made on", () => {
  const binary = /"(H4sI[\w+/=]+)"/;
  const scripts = files.filter((path) => binary.test(text(path)));
  assert.match(scripts.join(), /^dist\/browser-catalog\.js,dist\/browser-shared-\w+\.js,dist\/node-binary\.cjs,dist\/node-catalog-binary\.cjs$/);
  const modules = scripts.map((path) => gunzipSync(Buffer.from(binary.exec(text(path))?.[1] as string, "base64")));
  for (const wasm of modules) assert.equal(wasm.subarray(0, 4).toString(), "\0asm");
  const here = [resolve(".."), homedir(), tmpdir(), process.env["CARGO_HOME"] ?? join(homedir(), ".cargo")];
  // Rust writes those of every file that can panic.
  const paths = new RegExp(`${here.map((path) => path.replace(/\W/g, "\\$&")).join("|")}|/(?:root|home|Users)/|[A-Z]:\\\\Users`, "g");
  const contents = [
    ...files.map((file) => [file, text(file).replace(binary, "")] as const),
    ...modules.map((wasm, at) => [`the wasm in ${scripts[at]}`, wasm.toString("latin1")] as const),
  ];
  const found = contents.flatMap(([file, content]) => [...content.matchAll(paths)].map(({ index }) => `${file}: ${content.slice(index, index + 100)}`));
  assert.deepEqual(found, []);
});
