/** The WebAssembly module of the token machine: compiled once, with an instance of its own for each machine. */

import { binary } from "#wasm/binary.js";
import { type Bindings, glue } from "#wasm/glue.js";
import { Compiled } from "./compiled.js";

/** An instance, and what it takes to forget it. */
export interface Instance extends Bindings {
  /** Overwrites its memory. It cannot be used afterwards. */
  clear(): void;
}

// What nobody uses is left out of pages.
const compiled = /* @__PURE__ */ new Compiled<Bindings>(() => binary, glue);
let pure: Instance | undefined;

/** Compiles the module, once. Everything else in here needs it. */
export function load(): Promise<void> {
  return compiled.load();
}

/**
 * The same at once, where that is possible: adapters check origins as they are made, and their tokens may come from no
 * provider of this package. By itself, since a page that uses an error class alone is to load no WebAssembly.
 */
export function loadNow(): void {
  compiled.loadNow();
}

/** A new instance, with a memory of its own. */
export function instantiate(): Instance {
  return compiled.instantiate();
}

/** Calls into an instance for this one call, whose memory is overwritten: what it is told may be a secret. */
export function once<R>(call: (instance: Instance) => R): R {
  const instance = instantiate();
  try {
    return call(instance);
  } finally {
    instance.clear();
  }
}

/** The instance for functions that are told no secrets. */
export function functions(): Instance {
  return (pure ??= instantiate());
}

/** After a trap: whatever it was about, it is not trusted any more. */
export function forgetFunctions(): void {
  pure = undefined;
}
