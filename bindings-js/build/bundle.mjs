// Makes the folder that is published, of the TypeScript and of what build/embed.mjs wrote:
//
//   node.cjs, node.js             Node: one module that does everything, and what imports it. So a program that uses
//                                 both `import` and `require` has each class once
//   browser.js, sansio.js, ...    browsers and bundlers: modules that share what they have in common
//   types/, types-cjs/            declarations, for both kinds of importing
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..");
const dist = join(root, "dist");
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

const entries = ["index", "sansio"];
const common = { absWorkingDir: root, bundle: true, target: "es2022", legalComments: "none", logLevel: "warning", charset: "utf8" };

await build({
  ...common,
  stdin: { contents: entries.map((name) => `export * from "./ts/${name}.ts";`).join("\n"), resolveDir: root, loader: "ts" },
  outfile: join(dist, "node.cjs"),
  platform: "node",
  format: "cjs",
});
const require = createRequire(import.meta.url);
const whole = require(join(dist, "node.cjs"));
for (const entry of entries) {
  const { metafile } = await build({
    ...common, entryPoints: [`ts/${entry}.ts`], platform: "node", format: "esm", write: false, metafile: true, outdir: dist,
  });
  const names = Object.values(metafile.outputs).flatMap((output) => output.exports).filter((name) => name in whole).sort();
  const text = `import whole from "./node.cjs";\n\nexport const {\n${names.map((name) => `  ${name},\n`).join("")}} = whole;\n`;
  writeFileSync(join(dist, `node-${entry}.js`), text);
}

await build({
  ...common,
  entryPoints: entries.map((name) => `ts/${name}.ts`),
  entryNames: "browser-[name]",
  chunkNames: "browser-shared-[hash]",
  outdir: dist,
  platform: "browser",
  conditions: ["browser"],
  format: "esm",
  splitting: true,
});

execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.types.json")], { stdio: "inherit" });
cpSync(join(dist, "types"), join(dist, "types-cjs"), { recursive: true });
writeFileSync(join(dist, "types-cjs/package.json"), '{ "type": "commonjs" }\n');
