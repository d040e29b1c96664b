/** What the clients of all services share. */

import type { Driver } from "../driver.js";
import { TokenProvider } from "../provider.js";
import { json, kindOf, options as checkOptions } from "../wasm/arguments.js";
import { invalid } from "../wasm/border.js";
import { Call } from "./call.js";
import { Engine } from "./engine.js";
import { operationOf, parametersOf } from "./parameters.js";
import type { Reply } from "./reply.js";

/** Settings of a client. Those that cannot be used are named by its first call. */
export interface ClientOptions {
  /** `public`, `private`, `private(REGION)` or an address. */
  readonly endpoint?: string | undefined;
  /** The version date that is sent, where the service has them; the newest known unless given. */
  readonly version?: string | undefined;
  /** The most that a call may take in all, in milliseconds: 60000, and 10000 for metadata. A page is a call of its own. */
  readonly deadline?: number | undefined;
  /** Sends `If-Match` with what was last read also where the service does not demand it. */
  readonly alwaysIfMatch?: boolean | undefined;
}

/** Settings of a client of VPC, which has to know its `endpoint` or its `region`. */
export interface VpcOptions extends ClientOptions {
  /** The region, such as `eu-de`. */
  readonly region?: string | undefined;
}

/** Settings of a client of the metadata service, which is where its provider gets its tokens. */
export type MetadataClientOptions = Pick<ClientOptions, "deadline" | "alwaysIfMatch">;

/** How a call is made. */
export interface CallOptions {
  /** Ends the call with the signal's reason. The service may have done what was asked. */
  readonly signal?: AbortSignal | undefined;
}

/** A request as it would be sent, without credentials. */
export interface BuiltRequest {
  /** The HTTP method. */
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** Names in lower case, with their values. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body; empty means none. */
  readonly body: string;
}

/** What an operation takes, by name, such as `{ limit: 10 }`. Interfaces are no records, so it is any object. */
export type OperationParameters = object;

/**
 * What clients of all services have beside a method for each operation: calls by name. Whatever a method is given and answered
 * with has the API's own names, but for the parameters at the top, which are in camelCase.
 */
export abstract class Client {
  readonly #name: string;
  readonly #options: string;
  readonly #driver: Driver;
  #engine: Promise<Engine> | undefined;

  /** @internal */
  protected constructor(name: string, tokens: TokenProvider, options: ClientOptions) {
    if (!(tokens instanceof TokenProvider)) throw invalid(`tokens: expected a TokenProvider, got ${kindOf(tokens)}`);
    this.#name = name;
    this.#options = json("options", options);
    this.#driver = TokenProvider.driverOf(tokens);
  }

  /**
   * Any operation by its name, with what came along with its answer.
   *
   * @param operation - as the API calls it, such as `list_instances`.
   * @throws TrustedProfileError - why there is no answer, with the likely causes.
   */
  async call<T = unknown>(operation: string, parameters: OperationParameters = {}, options: CallOptions = {}): Promise<Reply<T>> {
    const [engine, call] = await this.#begin(operation, parameters, options, false);
    try {
      const reply = await this.#next(engine, call);
      if (reply === undefined) throw new TypeError("a call has an answer");
      return reply as Reply<T>;
    } finally {
      call.end();
    }
  }

  /** The pages of an operation, one call each. Nothing is sent before the first is asked for. */
  async *pages<T = unknown>(operation: string, parameters: OperationParameters = {}, options: CallOptions = {}): AsyncGenerator<Reply<T>, void, undefined> {
    const [engine, call] = await this.#begin(operation, parameters, options, true);
    try {
      for (let page = await this.#next(engine, call); page !== undefined; page = await this.#next(engine, call)) yield page as Reply<T>;
    } finally {
      call.end();
    }
  }

  /** The items of all pages of an operation. */
  async *items<T = unknown>(operation: string, parameters: OperationParameters = {}, options: CallOptions = {}): AsyncGenerator<T, void, undefined> {
    const [engine, call] = await this.#begin(operation, parameters, options, true);
    try {
      const name = call.itemsName ?? "";
      for (let page = await this.#next(engine, call); page !== undefined; page = await this.#next(engine, call)) {
        const items = (page.value as Record<string, unknown> | undefined)?.[name];
        if (Array.isArray(items)) yield* items as T[];
      }
    } finally {
      call.end();
    }
  }

  /**
   * The request of an operation, without credentials. Nothing is sent.
   *
   * @throws InvalidArgumentError - names the argument that is wrong.
   */
  async request(operation: string, parameters: OperationParameters = {}): Promise<BuiltRequest> {
    const given = parametersOf(operation, parameters);
    const engine = await this.#begun();
    return requestOf(engine.use((client) => client.request(operation, given, this.#metadata())));
  }

  async #begin(operation: string, parameters: OperationParameters, options: CallOptions, pages: boolean): Promise<[Engine, Call]> {
    const given = parametersOf(operation, parameters);
    const { signal } = checked(options);
    signal?.throwIfAborted();
    const engine = await this.#begun();
    const metadata = this.#metadata();
    const raw = engine.use((client) => client.begin(operation, given, pages, metadata, randomSeed()));
    return [engine, new Call(engine, raw, this.#driver, signal)];
  }

  async #next(engine: Engine, call: Call): Promise<Reply | undefined> {
    const reply = await call.next();
    engine.use((client) => call.teach(client));
    return reply;
  }

  /** The instance of this client, a new one where the last one failed. */
  async #begun(): Promise<Engine> {
    this.#engine ??= Engine.of(this.#name, this.#options);
    const begun = this.#engine;
    const engine = await begun.catch(() => undefined);
    if (engine !== undefined && !engine.hasFailed) return engine;
    if (this.#engine === begun) this.#engine = undefined;
    return engine === undefined ? begun : this.#begun();
  }

  #metadata(): string | undefined {
    return this.#name === "metadata" ? json("metadata", this.#driver.metadataService()) : undefined;
  }

  /** Without what it knows. */
  toString(): string {
    return this.constructor.name;
  }
}

/** A request of its JSON. */
export function requestOf(text: string): BuiltRequest {
  const { method, url, headers, body } = JSON.parse(text) as Omit<BuiltRequest, "headers"> & { headers: Array<[string, string]> };
  return { method, url, headers: Object.fromEntries(headers), body };
}

/** Gives a class its methods, by their names in lines; those with a star have pages. */
export function define(Class: { readonly prototype: Client }, names: string): void {
  for (const line of names.split("\n")) {
    const [name = "", isPaged] = line.split("*");
    const operation = operationOf(name);
    const methods = {
      async [name](this: Client, parameters?: OperationParameters, options?: CallOptions): Promise<unknown> {
        return (await this.call(operation, parameters, options)).value;
      },
      ...(isPaged === undefined ? {} : walks(name, operation)),
    };
    for (const [key, value] of Object.entries(methods)) {
      Object.defineProperty(Class.prototype, key, { value, writable: true, configurable: true });
    }
  }
}

function walks(name: string, operation: string): object {
  return {
    async *[`${name}Pages`](this: Client, parameters?: OperationParameters, options?: CallOptions): AsyncGenerator<unknown> {
      for await (const page of this.pages(operation, parameters, options)) yield page.value;
    },
    [`${name}Items`](this: Client, parameters?: OperationParameters, options?: CallOptions): AsyncGenerator<unknown> {
      return this.items(operation, parameters, options);
    },
  };
}

function checked(options: CallOptions): CallOptions {
  checkOptions("options", options);
  if ("aborted" in options) throw invalid("options: expected { signal }, got an AbortSignal");
  const { signal, ...others } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`${unknown}: there is no such option, expected signal`);
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function") throw invalid(`signal: expected an AbortSignal, got ${kindOf(signal)}`);
  return options;
}

/** For jitter, which is no secret. */
function randomSeed(): bigint {
  return BigInt(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER));
}
