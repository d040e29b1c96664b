/**
 * What the playground writes as code: of every operation it is code in its language, of some it does what it says. Kotlin's
 * compiler is not at hand here: its code is held against the programs of the Kotlin package, which its own tests compile.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { transform } from "esbuild";
import { TokenProvider } from "trusted-profile";
import { LANGUAGES } from "../../playground/code/languages.js";
import { KEY, type Sample } from "../../playground/code/sample.js";
import type { Arguments, Catalog, Operation } from "../../playground/operations/catalog.js";
import { connect } from "../../playground/operations/connected.js";
import type { Simulator as PageSimulator } from "../../playground/simulator.js";
import { Simulator } from "../simulator.js";

/** What needs to be escaped in one language or another. */
const NASTY = "\b\f\u0001 it's \"so\" \\ $HOME ${x} `y` %d {} ??/ \t\n – 漢 💡";
/** Of every size, and what is no number. */
const NUMBERS = [0, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, -(2 ** 31) - 1, 3_000_000_000, 2 ** 53, 2 ** 63, -(2 ** 63), 1e19, 2 ** 64, -1e19, 1e20, 1e21, -1e300, 0.1, -2.5, 1e-7, "3000000000"];
const JSON_BODY = { name: NASTY, "an odd name": [1, true, null, -2.5, { of: "it" }], "3000000000": NUMBERS, none: null, empty: {}, list: [] };
const VALUES: Readonly<Record<string, unknown>> = {
  string: "it's \"so\" \\ $HOME", integer: 3, boolean: true, strings: ["a", "b"], secret: "hidden", json: JSON_BODY, merge_patch: JSON_BODY, form: { text: NASTY }, xml: "<a/>",
};

let simulator: Simulator;
let catalog: Catalog;
/** Programs have to find the package. */
let folder: string;

before(async () => {
  simulator = await Simulator.start();
  catalog = await connect({ facts: simulator.overview } as unknown as PageSimulator);
  mkdirSync("dist-tests", { recursive: true });
  folder = mkdtempSync(resolve("dist-tests/code-"));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await simulator.stop();
});

async function sampleOf(operation: Operation, args: Arguments): Promise<Sample> {
  const request = await catalog.request(operation, args, "simulator");
  return { operation, arguments: args, request, simulator: { metadata: simulator.metadataUrl, service: catalog.serviceUrl(operation) } };
}

/** Every operation, with all that it takes. */
async function everySample(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const operation of catalog.operations) {
    const taken = operation.arguments.filter(({ name, required }) => required || (name !== "version" && name !== "generation"));
    samples.push(await sampleOf(operation, Object.fromEntries(taken.map(({ name, type }) => [name, VALUES[type]]))));
  }
  assert.equal(samples.length, 706);
  return samples;
}

function written(language: string, sample: Sample): string {
  const found = LANGUAGES.find(({ name }) => name === language);
  assert.ok(found !== undefined, language);
  return found.write(sample);
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs a program to its end; what it said. */
async function run(program: string, args: readonly string[], input = "", env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
  // A program may end without having read it.
  child.stdin.on("error", () => undefined).end(input);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said: Buffer.concat(said).toString() };
}

async function accepted(program: string, args: readonly string[], input = ""): Promise<void> {
  const { code, said } = await run(program, args, input);
  assert.equal(code, 0, said.slice(0, 2000));
}

test("every operation is code for the shell and in Python, TypeScript, Go, C and Rust", async () => {
  const samples = await everySample();
  const all = (language: string): string[] => samples.map((sample) => written(language, sample));
  await accepted("python3", ["-c", "import ast, json, sys\nfor text in json.load(sys.stdin): ast.parse(text)"], JSON.stringify(all("python")));
  // A module for each: several have the same names.
  for (const text of all("typescript")) await transform(text, { loader: "ts", format: "esm" });
  for (const text of all("curl")) assert.match(text, /^curl /);
  await accepted("sh", ["-n"], all("curl").join("\n"));
  for (const [index, text] of all("go").entries()) writeFileSync(join(folder, `${index}.go`), text);
  await accepted("gofmt", ["-l", folder]);
  // All of them at once: each is a function then, which has to be declared.
  const mains = all("c").map((text, index) => text.replaceAll(/^#include .*\n/gm, "").replace("int main(void)", `int main${index}(void);\nint main${index}(void)`));
  const flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wno-overlength-strings", "-fsyntax-only", "-I../bindings-ffi/c/include"];
  await accepted("cc", [...flags, "-x", "c", "-"], ["#include <stdio.h>", "#include <stdlib.h>", "#include <trusted_profile.h>", ...mains].join("\n"));
  const functions = all("rust").map((text, index) => `mod m${index} {\n${text}\n}\n`);
  await accepted("rustfmt", ["--edition", "2024", "--emit", "stdout", "--quiet"], functions.join("\n"));
});

test("texts and numbers are what they were in the languages that can be asked here", async () => {
  const operation = catalog.operations.find(({ id }) => id === "vpc.create_vpc");
  assert.ok(operation !== undefined);
  const sample = await sampleOf(operation, { body: JSON_BODY });
  const fake = [
    "import json, sys, types",
    "class Client:",
    "    def __init__(self, *_, **__): pass",
    "    vpc_instance = classmethod(lambda cls, **_: cls())",
    "    def create_vpc(self, **arguments): return json.dumps(arguments)",
    'sys.modules["trusted_profile"] = types.SimpleNamespace(TokenProvider=Client, Vpc=Client)',
  ].join("\n");
  const { code, said } = await run("python3", ["-"], `${fake}\n${written("python", sample)}\n`);
  assert.equal(code, 0, said);
  assert.deepEqual(JSON.parse(said), { body: JSON_BODY });
  // With the crate that the simulator was built with.
  const crates = join(dirname(process.env["TRUSTED_PROFILE_SIMULATOR"] ?? ""), "deps");
  const serde = readdirSync(crates).filter((name) => /^libserde_json-\w+\.rlib$/.test(name)).map((name) => join(crates, name));
  const newest = serde.sort((one, other) => statSync(one).mtimeMs - statSync(other).mtimeMs).at(-1) ?? "";
  const program = join(folder, "numbers");
  const long = { list: Array.from({ length: 200 }, (_, index) => index), ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`name_${index}`, -1 - index])) };
  for (const body of [JSON_BODY, long]) {
    const text = written("rust", await sampleOf(operation, { body }));
    const [limit = "", json = ""] = [/^#!\[.*\]$/m.exec(text)?.[0], /json!\((.*)\)\)\.await/s.exec(text)?.[1]];
    const main = `${limit}\nfn main() { print!("{}", serde_json::json!(${json})); }`;
    await accepted("rustc", ["--edition", "2024", "--extern", `serde_json=${newest}`, "-L", `dependency=${crates}`, "-o", program, "-"], main);
    assert.deepEqual(JSON.parse((await run(program, [])).said), { body });
  }
  const go = /"vpc\.create_vpc", (.*)\)$/m.exec(written("go", sample))?.[1];
  const file = join(folder, "numbers.go");
  writeFileSync(file, `package main\n\nimport (\n\t"encoding/json"\n\t"os"\n)\n\nfunc main() { json.NewEncoder(os.Stdout).Encode(${go}) }\n`);
  assert.deepEqual(JSON.parse((await run("go", ["run", file])).said), { body: JSON_BODY });
});

/** A text of Kotlin's, in which a dollar that is not escaped would begin a template. */
const KOTLIN_TEXT = /"((?:[^"\\$\n]|\\["\\$])*)"/g;

test("Kotlin calls what the programs of its package call, with every argument as it was", async () => {
  const folderOfKotlin = "../bindings-ffi/uniffi/kotlin";
  const files = readdirSync(folderOfKotlin, { recursive: true, encoding: "utf8" }).filter((name) => /^(?:examples|src)\/.*\.kt$/.test(name));
  const programs = files.map((name) => readFileSync(join(folderOfKotlin, name), "utf8")).join("\n");
  const last = '            println("${reply.status} ${reply.json ?: reply.text}")';
  const forms = new Set<string>();
  for (const sample of await everySample()) {
    for (const simulator of [sample.simulator, undefined]) {
      const code = written("kotlin", { ...sample, simulator });
      assert.ok(code.includes(last));
      const rest = code.replace(last, "");
      const texts = [...rest.matchAll(KOTLIN_TEXT)].map(([, text = ""]) => text.replace(/\\(.)/g, "$1"));
      const given = texts.slice(texts.indexOf(sample.operation.id) + 1);
      assert.deepEqual(given.map((text) => JSON.parse(text) as unknown), Object.keys(sample.arguments).length === 0 ? [] : [sample.arguments], sample.operation.id);
      forms.add(rest.replaceAll(KOTLIN_TEXT, "TEXT").replaceAll(new RegExp(`\\b${sample.operation.client}\\b`, "g"), "client"));
    }
  }
  // With and without arguments and a place, with the one token or the other.
  assert.ok(forms.size >= 6 && forms.size <= 12, [...forms].join("\n\n"));
  for (const form of forms) {
    assert.doesNotMatch(form, /["\\$]/, "whatever is not a text has no sign of one");
    for (const [line] of form.matchAll(/^import .*/gm)) assert.ok(programs.includes(`${line}\n`), line);
    for (const [called] of form.replaceAll(/^import .*/gm, "").matchAll(/(?:\b(?:TokenProvider|System))?\.?\b\w+(?=\()|\.use \{|= runBlocking \{|\b\w+ = (?=TEXT)/g)) {
      assert.ok(programs.includes(called), called);
    }
  }
  for (const member of ["status", "json", "text"]) assert.match(readFileSync("../bindings-ffi/uniffi/src/reply.rs", "utf8"), new RegExp(`pub ${member}:`));
});

const RUN: ReadonlyArray<readonly [id: string, args: Arguments]> = [
  ["vpc.get_vpc", { id: "example" }],
  ["vpc.list_instances", { limit: 10, name: NASTY.replaceAll(/[\b\f\u0001\t\n]/g, " ") }],
  ["vpc.create_vpc", { body: { name: "from-the-code" } }],
  ["vpc.update_vpc", { id: "example", body: { name: "it-is-renamed" } }],
  ["metadata.get_instance", {}],
  ["iam_token.introspect", { body: { token: NASTY } }],
  ["iam_identity.list_api_keys", { account_id: "example" }],
  ["containers.get_cluster", { idorname: "example" }],
];

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  readonly body: string;
  readonly status: number;
}

/** What the services received since the last time, tokens apart. */
async function received(service: string): Promise<Entry[]> {
  const { entries } = (await simulator.control("GET", `journal?raw=1&service=${service}`)) as { readonly entries: readonly Entry[] };
  await simulator.control("DELETE", "journal");
  return entries.filter(({ path }) => path !== "/identity/v1/token" && path !== "/identity/v1/iam_tokens");
}

async function sampled(id: string, args: Arguments): Promise<Sample> {
  const operation = catalog.operations.find((one) => one.id === id);
  assert.ok(operation !== undefined, id);
  return sampleOf(operation, args);
}

function expected({ request: { method, url, body } }: Sample): object {
  const { pathname, search } = new URL(url);
  return { method, path: pathname, query: search === "" ? null : search.slice(1), body };
}

const serviceOf = ({ operation }: Sample): string => (operation.id.startsWith("iam_") ? "iam" : operation.client);

test("what curl sends is the request that is shown", async () => {
  const instance = await TokenProvider.vpcInstance({ endpoint: simulator.metadataUrl });
  const administrator = await TokenProvider.apiKey(simulator.seed.api_key.value, { endpoint: simulator.iamUrl });
  const [iam, identity, ofKey] = [(await instance.token()).value, (await instance.identityToken()).value, (await administrator.token()).value];
  for (const [id, args] of RUN) {
    const sample = await sampled(id, args);
    await received(serviceOf(sample));
    const { code, said } = await run("sh", ["-c", written("curl", sample).replace("curl ", "curl --silent --show-error --noproxy '*' ")], "", { TOKEN: sample.operation.auth === "identity" ? identity : sample.operation.client === "iam" ? ofKey : iam });
    assert.equal(code, 0, said);
    const [entry] = await received(serviceOf(sample));
    assert.ok(entry !== undefined && entry.status < 300, `${id}: ${JSON.stringify(entry)} ${said}`);
    const { method, path, query, body } = entry;
    assert.deepEqual({ method, path, query, body }, expected(sample), id);
  }
  for (const tokens of [instance, administrator]) tokens.dispose();
});

test("what TypeScript sends is the request that is shown, and it compiles", async () => {
  const programs: string[] = [];
  for (const [id, args] of RUN.filter(([id]) => id !== "vpc.create_vpc")) {
    const sample = await sampled(id, args);
    const program = join(folder, `${id}.ts`);
    const text = written("typescript", sample);
    writeFileSync(program, text);
    programs.push(program);
    const ran = join(folder, `${id}.mjs`);
    writeFileSync(ran, (await transform(text, { loader: "ts", format: "esm" })).code);
    await received(serviceOf(sample));
    const { code, said } = await run(process.execPath, [ran], "", { [KEY]: simulator.seed.api_key.value });
    assert.equal(code, 0, said);
    const entry = (await received(serviceOf(sample))).at(-1);
    const { method, path, query, body } = entry ?? ({} as Entry);
    assert.deepEqual({ method, path, query, body }, expected(sample), id);
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../tsconfig.json", compilerOptions: { skipLibCheck: true }, include: ["*.ts"] }));
  await accepted(process.execPath, ["node_modules/typescript/bin/tsc", "--noEmit", "-p", folder]);
});
