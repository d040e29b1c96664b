// The two sides: each in a fresh folder with what its package brings, and nothing else.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));
const PEER = "ibm-cloud-sdk-core";

/** Our package, out of its tarball. */
export function ours(folder, tarball) {
  const root = join(folder, "ours");
  const target = join(root, "node_modules/trusted-profile");
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", resolve(tarball), "-C", target, "--strip-components=1"]);
  return { name: "ours", module: "trusted-profile", root, bytes: bytesOf(root), packages: [basename(tarball)] };
}

/** IBM's package and all that it brings, copied from the modules that are installed here. */
export function peer(folder) {
  const root = join(folder, "peer");
  const found = new Map();
  collect(PEER, ROOT, found);
  // Those within another one come along with it.
  for (const path of [...found.keys()].sort()) {
    const target = join(root, relative(ROOT, path));
    if (!existsSync(target)) cpSync(path, target, { recursive: true });
  }
  return { name: "peer", module: PEER, root, bytes: bytesOf(root), packages: [...found.values()] };
}

/** What measured processes see: nothing that changes how Node, either side or a proxy behaves. */
export function environment() {
  return { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/", LC_ALL: "C.UTF-8" };
}

/** A package and what it needs, by the folders that Node would find them in from `from`. */
function collect(name, from, found) {
  const path = join(from, "node_modules", name);
  if (!existsSync(path)) {
    if (from === dirname(from)) throw new Error(`${name} is not installed`);
    collect(name, dirname(from), found);
    return;
  }
  if (found.has(path)) return;
  const { version, dependencies = {} } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  found.set(path, `${name} ${version}`);
  for (const dependency of Object.keys(dependencies)) collect(dependency, path, found);
}

function bytesOf(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}
