/** What a program's surroundings in Node say: variables, credential files, the marks of a container. Looking only. */

import { promises as files } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { type Instance, once } from "../wasm/module.js";
import { textOf, withFile } from "./files.js";

/** The longest credential file that is read, in bytes. */
const LONGEST_FILE = 64 * 1024;

/** What was seen, as the core takes it: JSON texts. */
export interface Surroundings {
  readonly variables: string;
  readonly files: string;
  readonly folders: string;
}

type Environment = InstanceType<Instance["Environment"]>;

/** A file that was looked at: place, path, text, problem, owner with user and mode, and owner of the link. */
type Seen = readonly [number, string, string | null, string | null, readonly [number, number, number] | null, number | null];

/** Looks around once. */
export async function look(): Promise<Surroundings> {
  const variables = JSON.stringify(process.env);
  const described = once((instance) => new instance.Environment(variables).wanted(workingDirectory()));
  const wanted = JSON.parse(described) as { files: [number, string][]; folders: string[] };
  const seen = await Promise.all(wanted.files.map(([place, path]) => inspect(place, path)));
  const areThere = await Promise.all(wanted.folders.map(isFolder));
  return { variables, files: JSON.stringify(seen), folders: JSON.stringify(wanted.folders.filter((_, index) => areThere[index])) };
}

/** The same, within an instance. */
export function environmentOf(instance: Instance, { variables, files, folders }: Surroundings): Environment {
  const environment = new instance.Environment(variables);
  environment.saw(files, folders);
  return environment;
}

async function inspect(place: number, path: string): Promise<Seen> {
  const seen = await withFile(path, async (file) => ({ owner: await ownerOf(file), content: await textOf(file, LONGEST_FILE) }));
  if (typeof seen === "string") return [place, path, null, seen, null, null];
  const { owner, content } = seen;
  const [text, problem] = typeof content === "string" ? [null, content] : [content.text, null];
  return [place, path, text, problem, owner, owner === null ? null : await linkOwnerOf(path)];
}

/** Of the file that is read, whatever the path means by then. Null where there are no user ids. */
async function ownerOf(file: FileHandle): Promise<readonly [number, number, number] | null> {
  const user = process.geteuid?.();
  if (user === undefined) return null;
  const { uid, mode } = await file.stat();
  return [uid, user, mode];
}

async function linkOwnerOf(path: string): Promise<number | null> {
  const link = await files.lstat(path);
  return link.isSymbolicLink() ? link.uid : null;
}

async function isFolder(path: string): Promise<boolean> {
  return files.stat(path).then((found) => found.isDirectory(), () => false);
}

/** Undefined where it was removed. */
function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
