/** The program's own way to read files. */

import { type FileProblem, type FileRead, TransportError } from "./action.js";
import { kindOf } from "./wasm/arguments.js";

/** Reads one file. A text is what it holds; an error whose `code` says so is a file that is not there or may not be read. */
export type ReadFile = (path: string, maxBytes: number) => string | FileRead | PromiseLike<string | FileRead>;

const PROBLEMS: Readonly<Record<string, FileProblem>> = { ENOENT: "not_found", EACCES: "denied" };

/**
 * What the file holds, or why it does not serve.
 *
 * @throws TransportError - it returned something else.
 */
export async function readWith(readFile: ReadFile, path: string, maxBytes: number): Promise<FileRead> {
  let read: unknown;
  try {
    read = await readFile(path, maxBytes);
  } catch (error) {
    const problem = PROBLEMS[(error as { readonly code?: string } | undefined)?.code ?? ""];
    if (problem === undefined) throw error;
    return { path, problem };
  }
  if (typeof read === "string") return read.trim() === "" ? { path, problem: "empty" } : { path, text: read };
  if (kindOf(read) === "object") return read as FileRead;
  throw new TransportError("other", `readFile returned ${kindOf(read)}, expected text or { path, problem }`);
}
