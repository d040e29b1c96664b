/** `using`, also where Node has no name for it yet. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ClosedError, TokenProvider } from "trusted-profile";
import { TokenManager } from "trusted-profile/sansio";

test("a provider is disposed of at the end of its block", async () => {
  let kept: TokenProvider;
  {
    using tokens = await TokenProvider.bearer("a-token");
    kept = tokens;
    assert.equal((await tokens.token()).value, "a-token");
  }
  await assert.rejects(kept.token(), ClosedError);
});

test("so is a machine", async () => {
  let kept: TokenManager;
  {
    using machine = await TokenManager.create({ source: "bearer", token: "a-token" });
    kept = machine;
    assert.equal(machine.lastSlot, "iam");
  }
  assert.throws(() => kept.lastSlot);
});
