/** Every operation is built as Rust builds it. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { it } from "node:test";
import { TokenProvider } from "trusted-profile";
import { Containers, Iam, Metadata, Vpc } from "trusted-profile/catalog";
import { BASE, type Case, compared } from "../requests.js";

/** As Rust prints them. */
function cases(): Case[] {
  const program = process.env["TRUSTED_PROFILE_EVERY_REQUEST"];
  if (program === undefined) throw new Error("TRUSTED_PROFILE_EVERY_REQUEST has to name the program every-request");
  const lines = execFileSync(program, { encoding: "utf8", maxBuffer: 64 << 20 }).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Case);
}

it("every operation is built as Rust builds it", async () => {
  const [instance, key] = [await TokenProvider.vpcInstance({ endpoint: BASE }), await TokenProvider.bearer("a-token-0123456789")];
  const at = { endpoint: BASE };
  const clients = { vpc: new Vpc(key, at), iam: new Iam(key, at), metadata: new Metadata(instance), containers: new Containers(key, at) };
  const { operations, wrong } = await compared(clients, cases());
  assert.deepEqual(wrong, []);
  process.stdout.write(`operations: ${operations} built, 0 skipped\n`);
  assert.equal(operations, 706);
});
