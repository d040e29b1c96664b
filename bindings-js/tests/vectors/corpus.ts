/** The files of the corpora: found, hashed. For Node. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { dirname, join, relative, sep } from "node:path";

/** One file: its path below the folder of its corpus, and its bytes. */
export interface File {
  readonly path: string;
  readonly bytes: Buffer;
}

/** The folder of the vectors. */
export const ROOT = join(repository(), "tests", "vectors");
/** The folder of the scenarios. */
export const SCENARIOS = join(repository(), "tests", "scenarios");

/** Every file of `scripts/` and `operations/`, sorted by path. */
export function files(): File[] {
  return found(ROOT, "operations", "scripts");
}

/** Every scenario, sorted by path. */
export function scenarios(): File[] {
  return found(SCENARIOS, "scripts");
}

/** SHA-256 over every file, sorted by path: the path, a zero byte, the bytes, a zero byte. */
export function digest(files: readonly File[]): string {
  const hash = createHash("sha256");
  for (const { path, bytes } of files) hash.update(path).update("\0").update(bytes).update("\0");
  return hash.digest("hex");
}

/** How many files below `folder` git knows: a runner that overlooks one has not run them all. */
export function committed(folder: string): number {
  return execFileSync("git", ["ls-files", "-z", "."], { cwd: folder, encoding: "utf8" }).split("\0").length - 1;
}

function found(root: string, ...folders: readonly string[]): File[] {
  const paths = folders.flatMap((folder) => below(join(root, folder)));
  const files = paths.map((path) => ({ path: relative(root, path).split(sep).join("/"), bytes: readFileSync(path) }));
  return files.sort((one, other) => Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)));
}

function below(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? below(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** Tests run from bundles elsewhere; the folder that they run in is below this repository. */
function repository(): string {
  let folder = process.cwd();
  while (!readdirSync(folder).includes(".git")) folder = dirname(folder);
  return folder;
}
