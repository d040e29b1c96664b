/** Files in Node. */

import { constants, promises as files } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { FileProblem } from "../action.js";

const PROBLEMS: Readonly<Record<string, FileProblem>> = { ENOENT: "not_found", ENOTDIR: "not_found" };

/** Opens a file, has it looked at, and closes it. What cannot be opened or looked at has a problem instead. */
export async function withFile<R>(path: string, look: (file: FileHandle) => Promise<R>): Promise<R | FileProblem> {
  let file: FileHandle | undefined;
  try {
    // A pipe in its place would be waited for.
    file = await files.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    return (await file.stat()).isFile() ? await look(file) : "denied";
  } catch (error) {
    return PROBLEMS[(error as NodeJS.ErrnoException).code ?? ""] ?? "denied";
  } finally {
    await file?.close();
  }
}

/** The text of a file, or why it cannot be one. It may be empty. */
export async function textOf(file: FileHandle, maxBytes: number): Promise<{ readonly text: string } | FileProblem> {
  const buffer = Buffer.alloc(maxBytes + 1);
  const length = await fill(file, buffer);
  if (length > maxBytes) return "too_large";
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(buffer.subarray(0, length)) };
  } catch {
    return "not_text";
  } finally {
    // It may have been a token.
    buffer.fill(0);
  }
}

async function fill(file: FileHandle, buffer: Buffer): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}
