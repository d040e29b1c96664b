/** What Rust makes of every set of arguments. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { Case } from "./requests.js";

/** As Rust's test program prints them: several for each of most operations. */
export function cases(): Case[] {
  const program = process.env["TRUSTED_PROFILE_EVERY_REQUEST"];
  if (program === undefined) throw new Error("TRUSTED_PROFILE_EVERY_REQUEST has to name the program every-request");
  const lines = execFileSync(program, { encoding: "utf8", maxBuffer: 64 << 20 }).trim().split("\n");
  assert.ok(lines.length >= 2000, `the program printed ${lines.length} sets of arguments`);
  return lines.map((line) => JSON.parse(line) as Case);
}
