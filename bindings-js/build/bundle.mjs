// Makes the folder that is published, of the TypeScript and of what build/embed.mjs wrote:
//
//   node.cjs                      Node: one module that does everything
//   node-binary.cjs               the WebAssembly, which is read when the first provider is made
//   node-*.js, node-*.cjs         the entries, which take their names from it: so a program that uses both `import` and
//                                 `require` has each class once. Adapters and operations are modules of their own, beside
//                                 it; the latter have a binary of their own as well
//   bundled-*.js                  the same for bundlers, which do not see through `createRequire`
//   browser-*.js                  browsers and bundlers: modules that share what they have in common
//   types/, types-cjs/            declarations, for both kinds of importing
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";

const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..");
const dist = join(root, "dist");
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

const entries = ["index", "sansio"];
// What is beside them in Node, by the names of their files.
const beside = { "adapters-ibm-cloud-sdk-core": "adapters/ibm-cloud-sdk-core", "adapters-ibm-cos-sdk": "adapters/ibm-cos-sdk", catalog: "catalog/index" };
const common = { absWorkingDir: root, bundle: true, target: "es2022", legalComments: "none", logLevel: "warning", charset: "utf8" };
// What is loaded late is loaded with `require`, which is there already; Node's loader of modules would have to begin.
const node = {
  ...common,
  platform: "node",
  format: "cjs",
  supported: { "dynamic-import": false },
  // Node got the name of what `using` calls in 18.18; before that, compilers look for this one.
  define: { "Symbol.dispose": "DISPOSE" },
  banner: { js: 'const DISPOSE = Symbol.dispose ?? Symbol.for("Symbol.dispose");' },
};

// What those take from within.
const within = {
  aborts: "onAbort",
  action: "Exchange",
  clocks: "now",
  fetch: "AllowedOrigins",
  thrown: "isTransportError, nameOf, wordsOf",
  "transport/cause": "explained, troubleAsTold",
  "transport/deadline": "LONGEST_TIMER",
  "wasm/arguments": "json, kindOf, options, outcome, seen, texts",
  "wasm/border": "camelized, errorOf, invalid, local, rethrown",
  "wasm/compiled": "Compiled",
  "wasm/module": "loadNow",
  "wasm/spelling": "camel",
};
const parts = [
  ...entries.map((name) => `export * from "./ts/${name}.ts";`),
  ...Object.entries(within).map(([name, names]) => `export { ${names} } from "./ts/${name}.ts";`),
];
// A program that only loads the package does not pay for two thirds of its letters.
const late = (module, file) => ({
  name: "the binary is read late",
  setup: (build) => {
    build.onResolve({ filter: /^#/ }, ({ path }) => (path === module ? { path, namespace: "late" } : undefined));
    build.onResolve({ filter: /^\.\/node-.*binary\.cjs$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: "late" }, () => ({ contents: `exports.__esModule = true;\nObject.defineProperty(exports, "binary", { get: () => require("./${file}").binary });\n` }));
  },
});
const binary = (module, file) => build({ ...node, stdin: { contents: `export { binary } from "${module}";`, resolveDir: root, loader: "ts" }, outfile: join(dist, file) });
const [TOKENS, CATALOG] = [["#wasm/binary.js", "node-binary.cjs"], ["#catalog/binary.js", "node-catalog-binary.cjs"]];
await build({ ...node, stdin: { contents: parts.join("\n"), resolveDir: root, loader: "ts" }, outfile: join(dist, "node.cjs"), plugins: [late(...TOKENS)] });
await binary(...TOKENS);
await binary(...CATALOG);
const taken = {
  name: "what is within",
  setup: (build) => build.onResolve({ filter: /^\.\.\// }, () => ({ path: "./node.cjs", external: true })),
};
for (const [name, source] of Object.entries(beside)) {
  const plugins = [taken, late(...CATALOG)];
  await build({ ...node, entryPoints: [`ts/${source}.ts`], outfile: join(dist, `node-${name}.cjs`), packages: "external", plugins });
}

const listed = (names) => names.map((name) => `  ${name},\n`).join("");
for (const [name, source] of [...entries.map((name) => [name, name]), ...Object.entries(beside)]) {
  const { metafile } = await build({
    ...common, entryPoints: [`ts/${source}.ts`], platform: "node", format: "esm", write: false, metafile: true, outdir: dist, packages: "external",
  });
  const names = Object.values(metafile.outputs).flatMap((output) => output.exports).sort();
  const exported = `export const {\n${listed(names)}} = whole;\n`;
  // With `import`, Node would first search the module for names, letter by letter, by a parser that it has to start.
  writeFileSync(join(dist, `node-${name}.js`), `import { createRequire } from "node:module";\n\nconst whole = createRequire(import.meta.url)("./${name === source ? "node" : `node-${name}`}.cjs");\n\n${exported}`);
  writeFileSync(join(dist, `bundled-${name}.js`), `import whole from "./node-${name}.cjs";\n\n${exported}`);
  if (name === source) writeFileSync(join(dist, `node-${name}.cjs`), `const whole = require("./node.cjs");\n\nconst {\n${listed(names)}} = whole;\nmodule.exports = {\n${listed(names)}};\n`);
}

await build({
  ...common,
  entryPoints: [...entries.map((name) => ({ in: `ts/${name}.ts`, out: name })), { in: "ts/catalog/index.ts", out: "catalog" }],
  entryNames: "browser-[name]",
  chunkNames: "browser-shared-[hash]",
  outdir: dist,
  platform: "browser",
  conditions: ["browser"],
  format: "esm",
  splitting: true,
});

execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.types.json")], { stdio: "inherit" });
keepReachable([...entries, ...Object.values(beside)].map((name) => join(dist, `types/${name}.d.ts`)));
cpSync(join(dist, "types"), join(dist, "types-cjs"), { recursive: true });
writeFileSync(join(dist, "types-cjs/package.json"), '{ "type": "commonjs" }\n');

/** Takes away the declarations that no entry leads to: they are of what stands within the bundles. */
function keepReachable(files) {
  const reached = new Set();
  for (const queue = [...files]; queue.length > 0; ) {
    const file = queue.pop();
    if (reached.has(file)) continue;
    reached.add(file);
    for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)\.js"/g)) queue.push(join(dirname(file), `${path}.d.ts`));
  }
  for (const name of readdirSync(join(dist, "types"), { recursive: true })) {
    const file = join(dist, "types", name);
    if (name.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
  }
}
