/** The WebAssembly module of operations: compiled once, when the first client needs it, with an instance for each client. */

import { binary } from "#catalog/binary.js";
import { type Bindings, type Call, type Client, glue } from "#catalog/glue.js";
import { Compiled } from "../wasm/compiled.js";
import { local } from "../wasm/border.js";
import { refused } from "./spelling.js";

const compiled = /* @__PURE__ */ new Compiled<Bindings>(() => binary, glue);

/** A call as WebAssembly has it. */
export type RawCall = Call;

/** A client as WebAssembly has it. */
export type RawClient = Client;

/** The instance of one client. A trap costs this client what it has learned, and its calls: it then has a new one made. */
export class Engine {
  readonly #instance: ReturnType<typeof compiled.instantiate>;
  readonly #client: Client;
  #failure: unknown;

  private constructor(name: string, options: string) {
    this.#instance = compiled.instantiate();
    try {
      this.#client = this.use(() => new this.#instance.Client(name, options));
    } catch (error) {
      this.#instance.clear();
      throw error;
    }
  }

  /** For the client `name`, with its options as JSON. */
  static async of(name: string, options: string): Promise<Engine> {
    await compiled.load();
    return new Engine(name, options);
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Calls into the instance. */
  use<R>(call: (client: Client) => R): R {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return call(this.#client);
    } catch (error) {
      // Text is an error of the core. Whatever else wasm throws leaves it in a state that nobody knows.
      if (typeof error === "string") throw refused(error);
      this.#failure = local("internal", "the machine of this client failed and begins anew; a program may go on. Please report this", { cause: error });
      this.#instance.clear();
      throw this.#failure;
    }
  }
}

/** Overwrites what one of its instances was told, after this one use. */
export async function once<R>(use: (bindings: Bindings) => R): Promise<R> {
  await compiled.load();
  const instance = compiled.instantiate();
  try {
    return use(instance);
  } catch (error) {
    throw refused(error);
  } finally {
    instance.clear();
  }
}
