/** WebAssembly that traps where there is no machine yet. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { InternalError, TokenProvider } from "trusted-profile";

test("settings whose reading traps are an error of the package, with its cause", async () => {
  const trap = new WebAssembly.RuntimeError("unreachable");
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    override get exports(): WebAssembly.Exports {
      const failing = (): never => { throw trap; };
      return Object.fromEntries(Object.entries(super.exports).map(([name, value]) => [name, name === "environment_choice" ? failing : value]));
    }
  };
  try {
    await assert.rejects(TokenProvider.fromEnvironment(), (error) => error instanceof InternalError && error.cause === trap);
  } finally {
    WebAssembly.Instance = Instance;
  }
});
