/** The WebAssembly module: compiled once, with an instance of its own for each machine. */

import { platform } from "#platform";
import { binary } from "#wasm/binary.js";
import { type Bindings, glue } from "#wasm/glue.js";
import { local } from "./border.js";

/** An instance, and what it takes to forget it. */
export interface Instance extends Bindings {
  /** Overwrites its memory. It cannot be used afterwards. */
  clear(): void;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  __wbindgen_start(): void;
}

/** Exports that do nothing, and allow nothing. */
const NOTHING = new Proxy({}, { get: () => () => 0 }) as WebAssembly.Exports;

let compiling: Promise<WebAssembly.Module> | undefined;
let compiled: WebAssembly.Module | undefined;
let pure: Instance | undefined;

/** Compiles the module, once. Everything else in here needs it. */
export async function load(): Promise<void> {
  compiling ??= platform.inflate(binary).then((bytes) => WebAssembly.compile(bytes));
  try {
    compiled = await compiling;
  } catch (cause) {
    // Tried anew by the next provider.
    compiling = undefined;
    const hint = "in a page, script-src of the Content-Security-Policy has to have 'wasm-unsafe-eval'";
    throw local("internal", `WebAssembly cannot be compiled here; ${hint}`, { cause });
  }
}

/**
 * The same at once, where that is possible: adapters check origins as they are made, and their tokens may come from no
 * provider of this package. By itself, since a page that uses an error class alone is to load no WebAssembly.
 */
export function loadNow(): void {
  if (platform.inflateNow !== undefined) compiled ??= new WebAssembly.Module(platform.inflateNow(binary));
}

/** A new instance, with a memory of its own. */
export function instantiate(): Instance {
  if (compiled === undefined) throw new TypeError("load() comes first");
  const bindings = glue();
  const [wanted] = WebAssembly.Module.imports(compiled);
  const instance = new WebAssembly.Instance(compiled, wanted === undefined ? {} : { [wanted.module]: bindings.imports });
  const exports = instance.exports as unknown as Exports;
  bindings.use(instance.exports);
  exports.__wbindgen_start();
  const clear = (): void => {
    // Objects of it that are collected later are not to be freed in what is no heap any more.
    bindings.use(NOTHING);
    new Uint8Array(exports.memory.buffer).fill(0);
  };
  return { ...bindings, clear };
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
