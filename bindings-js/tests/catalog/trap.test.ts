/** WebAssembly that traps in the middle of a call. */

import assert from "node:assert/strict";
import { after, it } from "node:test";
import { InternalError, TokenProvider } from "trusted-profile";
import { Vpc } from "trusted-profile/catalog";

const trap = new WebAssembly.RuntimeError("unreachable");
const { Instance } = WebAssembly;
const made: Instance[] = [];
type Instance = InstanceType<typeof Instance>;
let isTrapping = false;
/** How often a text was given another place in the memory. */
let moved = 0;

/** Those of operations trap when a call is asked what to do, as long as the test wants that. */
WebAssembly.Instance = class extends Instance {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports);
    if ("call_poll" in super.exports) made.push(this);
  }

  override get exports(): WebAssembly.Exports {
    const { call_poll, __wbindgen_realloc, ...others } = super.exports;
    if (typeof call_poll !== "function") return super.exports;
    const polled = (...given: unknown[]): unknown => {
      if (isTrapping) throw trap;
      return (call_poll as (...given: unknown[]) => unknown)(...given);
    };
    const grown = (...given: unknown[]): unknown => {
      moved += 1;
      return (__wbindgen_realloc as (...given: unknown[]) => unknown)(...given);
    };
    return { ...others, call_poll: polled, __wbindgen_realloc: grown };
  }
};
after(() => {
  WebAssembly.Instance = Instance;
});

it("a trap ends the calls of a client, whose next one has a machine of its own", async () => {
  const answer = async (): Promise<Response> => new Response('{"vpcs": []}', { headers: { "content-type": "application/json" } });
  const tokens = await TokenProvider.bearer("a-token-0123456789", { fetch: answer });
  const vpc = new Vpc(tokens, { region: "us-south" });
  assert.deepEqual(await vpc.listVpcs(), { vpcs: [] });
  const walk = vpc.listVpcsPages();
  await walk.next();
  isTrapping = true;
  await assert.rejects(vpc.listVpcs(), (error) => error instanceof InternalError && error.cause === trap);
  isTrapping = false;
  await assert.rejects(walk.next(), InternalError);
  assert.deepEqual(await vpc.listVpcs(), { vpcs: [] });
  assert.equal(made.length, 2);
  const memory = made[0]?.exports["memory"] as WebAssembly.Memory;
  assert.ok(new Uint8Array(memory.buffer).every((byte) => byte === 0), "what it was told is overwritten");
});

it("what a call was told is not kept", async () => {
  const secret = "pa55word-of-mine-0123456789";
  const answer = async (): Promise<Response> => new Response(`{"id": "${secret}"}`, { status: 201, headers: { "content-type": "application/json" } });
  const tokens = await TokenProvider.bearer("a-token-0123456789", { fetch: answer });
  const vpc = new Vpc(tokens, { region: "us-south" });
  assert.equal((await vpc.createVpc({ body: { name: `${secret} \u00fc` } })).id, secret);
  assert.equal(moved, 0, "where a text was before it grew nobody overwrites");
  const memory = made.at(-1)?.exports["memory"] as WebAssembly.Memory;
  const left = Buffer.from(memory.buffer).toString("latin1");
  assert.ok(!left.includes(secret) && !left.includes("a-token-0123456789"));
});
