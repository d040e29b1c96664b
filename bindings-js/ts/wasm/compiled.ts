/** A WebAssembly module that is compiled once, and instances of it. */

import { platform } from "#platform";
import { local } from "./border.js";

/** What `build/embed.mjs` makes of a module's script. */
interface Bindings {
  readonly imports: WebAssembly.ModuleImports;
  use(exports: WebAssembly.Exports): void;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  __wbindgen_start(): void;
}

/** What it takes to forget an instance. */
interface Forgettable {
  /** Overwrites its memory. It cannot be used afterwards. */
  clear(): void;
}

/** Exports that do nothing, and allow nothing. */
const NOTHING = new Proxy({}, { get: () => () => 0 }) as WebAssembly.Exports;

export class Compiled<B extends Bindings> {
  readonly #binary: () => string;
  readonly #glue: () => B;
  #compiling: Promise<WebAssembly.Module> | undefined;
  #compiled: WebAssembly.Module | undefined;

  /** @param binary - the module, compressed with gzip, in base64: asked for when it is needed. */
  constructor(binary: () => string, glue: () => B) {
    this.#binary = binary;
    this.#glue = glue;
  }

  /** Compiles the module, once. Everything else in here needs it. */
  async load(): Promise<void> {
    this.#compiling ??= platform.inflate(this.#binary()).then((bytes) => WebAssembly.compile(bytes));
    try {
      this.#compiled = await this.#compiling;
    } catch (cause) {
      // Tried anew by the next one who needs it.
      this.#compiling = undefined;
      const hint = "in a page, script-src of the Content-Security-Policy has to have 'wasm-unsafe-eval'";
      throw local("internal", `WebAssembly cannot be compiled here; ${hint}`, { cause });
    }
  }

  /** The same at once, where that is possible. */
  loadNow(): void {
    if (platform.inflateNow !== undefined) this.#compiled ??= new WebAssembly.Module(platform.inflateNow(this.#binary()));
  }

  /** A new instance, with a memory of its own. */
  instantiate(): B & Forgettable {
    if (this.#compiled === undefined) throw new TypeError("load() comes first");
    const bindings = this.#glue();
    const [wanted] = WebAssembly.Module.imports(this.#compiled);
    const instance = new WebAssembly.Instance(this.#compiled, wanted === undefined ? {} : { [wanted.module]: bindings.imports });
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
}
