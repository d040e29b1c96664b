// Makes the tarball that is published, of dist/ and what every package has, and prints its path:
//
//   node build/pack.mjs TARGET_FOLDER
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const target = resolve(process.argv[2] ?? ".");
if (!existsSync(join(root, "dist/node.cjs"))) throw new Error("dist/ is not there yet: node build/bundle.mjs");

// What only concerns the repository is of no use to those who install.
const { scripts, imports, devDependencies, ...manifest } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const staged = mkdtempSync(join(tmpdir(), "trusted-profile-pack-"));
try {
  cpSync(join(root, "dist"), join(staged, "dist"), { recursive: true });
  cpSync(join(root, "README.md"), join(staged, "README.md"));
  cpSync(join(root, "../LICENSE"), join(staged, "LICENSE"));
  writeFileSync(join(staged, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  mkdirSync(target, { recursive: true });
  const said = execFileSync("npm", ["pack", "--json", "--pack-destination", target], { cwd: staged, encoding: "utf8" });
  process.stdout.write(`${join(target, JSON.parse(said)[0].filename)}\n`);
} finally {
  rmSync(staged, { recursive: true, force: true });
}
