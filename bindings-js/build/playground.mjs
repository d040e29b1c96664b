// Makes the static page of playground/, with the package that was built before (build/bundle.mjs):
//
//   node build/playground.mjs TARGET_FOLDER
import { cpSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const target = process.argv[2];
if (target === undefined) throw new Error("usage: node build/playground.mjs TARGET_FOLDER");

mkdirSync(target, { recursive: true });
for (const name of ["index.html", "style.css", "icon.svg"]) cpSync(join(root, "playground", name), join(target, name));
await build({
  absWorkingDir: root,
  entryPoints: ["playground/page.ts"],
  outfile: join(resolve(target), "page.js"),
  bundle: true,
  minify: true,
  platform: "browser",
  conditions: ["browser"],
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
});
