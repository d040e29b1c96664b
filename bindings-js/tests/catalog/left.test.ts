/** Calls that nobody goes on with. */

import assert from "node:assert/strict";
import { it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { TokenProvider } from "trusted-profile";
import { Vpc } from "trusted-profile/catalog";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const { Instance } = WebAssembly;
const made: Array<WeakRef<object>> = [];
WebAssembly.Instance = class extends Instance {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports);
    if ("call_poll" in this.exports) made.push(new WeakRef(this.exports));
  }
};

it("a walk that is left without a word is collected, with its client and token, while the provider and the signal live on", async () => {
  const page = { vpcs: [], next: { href: "https://us-south.iaas.cloud.ibm.com/v1/vpcs?start=2" } };
  const answer = async (): Promise<Response> => new Response(JSON.stringify(page), { headers: { "content-type": "application/json" } });
  const tokens = await TokenProvider.bearer("a-token-0123456789", { fetch: answer });
  const { signal } = new AbortController();
  const walk = async (): Promise<void> => {
    await new Vpc(tokens, { region: "us-south" }).listVpcsPages({}, { signal }).next();
  };
  await walk();
  assert.equal(made.length, 1);
  for (let turns = 0; turns < 20 && made[0]?.deref() !== undefined; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  assert.equal(made[0]?.deref(), undefined);
  assert.ok(tokens.peek() !== undefined && !signal.aborted);
});
