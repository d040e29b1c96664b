/** Every operation is built as Rust builds it. */

import assert from "node:assert/strict";
import { it } from "node:test";
import { TokenProvider } from "trusted-profile";
import { Containers, Iam, Metadata, Vpc } from "trusted-profile/catalog";
import { cases } from "../every_request.js";
import { BASE, compared } from "../requests.js";

it("every operation is built as Rust builds it", async () => {
  const [instance, key] = [await TokenProvider.vpcInstance({ endpoint: BASE }), await TokenProvider.bearer("a-token-0123456789")];
  const at = { endpoint: BASE };
  const clients = { vpc: new Vpc(key, at), iam: new Iam(key, at), metadata: new Metadata(instance), containers: new Containers(key, at) };
  const made = cases();
  const { operations, sets, wrong } = await compared(clients, made);
  assert.deepEqual(wrong, []);
  process.stdout.write(`operations: ${operations} built of ${sets} sets of arguments\n`);
  assert.deepEqual([operations, sets], [706, made.length]);
});
