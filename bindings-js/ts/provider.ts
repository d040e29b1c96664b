/// <reference lib="esnext.disposable" preserve="true" />
/** The provider: a constructor for each source, and the calls for tokens. */

import { platform } from "#platform";
import { Driver, type Equipment, type Patience, type TokenCallback } from "./driver.js";
import type { Status, TokenEvent } from "./event.js";
import { authorizing } from "./fetch.js";
import { TokenManager } from "./machine.js";
import type { AssumeOptions, ContainerOptions, IamOptions, MetadataOptions, PolicyOptions, SourceOptions } from "./options.js";
import type { Choice } from "./platform/platform.js";
import type { ReadFile } from "./reading.js";
import { AccessToken } from "./token.js";
import type { Fetch } from "./transport/transport.js";
import { functions, kindOf, options as checkOptions, seen, texts } from "./wasm/arguments.js";
import { invalid, rethrown } from "./wasm/border.js";
import { load } from "./wasm/module.js";

/** What every source takes. */
export interface CommonOptions {
  /** Times in milliseconds, numbers of attempts and expectations. */
  readonly policy?: PolicyOptions | undefined;
  /** The origins that {@link TokenProvider.fetch} takes tokens to: scheme, host and port; https, or http to this machine. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Called with what happens to tokens, one at a time and in order. */
  readonly onEvent?: ((event: TokenEvent) => void) | undefined;
  /**
   * What sends to public hosts, and what {@link TokenProvider.fetch} sends with; the `fetch` of the platform unless given.
   * As the standard has it, it must not take `Authorization` along when it follows a redirect to another origin.
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Certificates of further authorities as PEM, beside those that Node knows. `NODE_EXTRA_CA_CERTS` works, too. Refused in
   * browsers, where the system and the user say whom to trust.
   */
  readonly ca?: string | Uint8Array | ReadonlyArray<string | Uint8Array> | undefined;
  /** Instead of the platform's way to read a file. A page has none. Returns the file's text, or a promise of it. */
  readonly readFile?: ReadFile | undefined;
  /**
   * Browsers only: take an API key, although everybody who opens the page can read it. For pages that are no pages,
   * such as those of Electron, and for tests.
   */
  readonly dangerouslyAllowBrowser?: boolean | undefined;
}

/** What a provider says about itself. */
export interface Description extends Choice {
  /** The source with its options. */
  readonly source: string;
  /** What sends. */
  readonly transport: string;
  /** Tokens, failures and clocks. */
  readonly status: Status;
}

const NAMED: Choice = { reason: "the program named it", settings: [], passedOver: [] };

const COMMON = ["policy", "allowedOrigins", "onEvent", "fetch", "ca", "readFile", "dangerouslyAllowBrowser"] as const;

/** Gives out IAM access tokens, and fetches and refreshes them as needed. Share one throughout a program. */
export class TokenProvider {
  /** @internal Bundlers would give it another one. */
  static readonly name = "TokenProvider";
  readonly #driver: Driver;
  readonly #equipment: Equipment;
  readonly #choice: Choice;
  /** The promise of the token that is handed out now: the same for everybody who asks for it. */
  #promise: Promise<AccessToken> | undefined;
  #promised: AccessToken | undefined;

  /**
   * The program's own requests, with the token: a `fetch` that adds it where the request goes to one of the
   * `allowedOrigins`, and throws before anything is sent where it does not. A 401 drops that very token, and the request
   * is sent once more with the next one, unless its body is a stream or that of a `Request`. It can be handed on as it is.
   */
  readonly fetch: Fetch;

  private constructor(machine: TokenManager, equipment: Equipment, options: CommonOptions, choice: Choice) {
    if (machine === undefined) throw invalid("use TokenProvider.vpcInstance() or another of its functions");
    this.#equipment = equipment;
    this.#choice = choice;
    this.#driver = new Driver(machine, equipment);
    this.fetch = authorizing(this, options.allowedOrigins ?? [], () => options.fetch ?? globalThis.fetch.bind(globalThis));
  }

  /** On a VPC instance: the metadata service vouches for the machine. */
  static async vpcInstance(options: MetadataOptions & CommonOptions = {}): Promise<TokenProvider> {
    return TokenProvider.from({ ...own(options), source: "vpc_instance" }, common(options));
  }

  /** On a bare metal server. */
  static async bareMetal(options: MetadataOptions & CommonOptions = {}): Promise<TokenProvider> {
    return TokenProvider.from({ ...own(options), source: "bare_metal" }, common(options));
  }

  /** In a pod or Code Engine: a compute resource token from a file, exchanged with IAM. Refused in browsers. */
  static async container(options: ContainerOptions & CommonOptions): Promise<TokenProvider> {
    return TokenProvider.from({ ...own(options), source: "container" }, common(options));
  }

  /** Anywhere else: an API key. Refused in browsers. */
  static async apiKey(apiKey: string, options: IamOptions & CommonOptions = {}): Promise<TokenProvider> {
    return TokenProvider.from({ ...own(options), source: "api_key", apiKey }, common(options));
  }

  /**
   * Another trusted profile, assumed with the token of `base`.
   *
   * @param callback - for a `base` that is `external`.
   */
  static async assume(base: SourceOptions, options: AssumeOptions & CommonOptions, callback?: TokenCallback): Promise<TokenProvider> {
    return TokenProvider.from({ ...own(options), source: "assume", base }, common(options), callback);
  }

  /**
   * The program's own callback. What it throws goes into errors with its message, which must hold no secret; where it holds
   * nothing that looks like one, the error's `cause` has the message with its stack.
   *
   * @param callback - returns a token with its remaining life in seconds, or a promise of them.
   */
  static async external(callback: TokenCallback, options: CommonOptions = {}): Promise<TokenProvider> {
    return TokenProvider.from({ source: "external" }, options, callback);
  }

  /** A token that is simply there. It is used until a service refuses it. */
  static async bearer(token: string, options: CommonOptions = {}): Promise<TokenProvider> {
    return TokenProvider.from({ source: "bearer", token }, options);
  }

  /**
   * What the program's surroundings say: IBM's settings of `service` (environment, credential file, `VCAP_SERVICES`),
   * the variables of IBM's command line or, where there are none, what kind of compute this is. A pod is never its node,
   * and certificates are always verified. [All names and
   * their order](https://github.com/trusted-profile/trusted-profile/blob/main/docs/configuration.md). Node only.
   *
   * @throws InvalidArgumentError - names the setting that cannot be used, and where it was found.
   */
  static async fromEnvironment(service = "trusted-profile", options: CommonOptions = {}): Promise<TokenProvider> {
    texts({ service });
    checkCommon(options);
    if (platform.environment === undefined) throw invalid("fromEnvironment: a page has neither variables nor files");
    await load();
    const { choice, make } = await platform.environment(service).catch((error: unknown) => Promise.reject(rethrown(error)));
    const machine = await TokenManager.of(make, { policy: options.policy, facts: platform.facts() });
    return TokenProvider.#over(machine, options, undefined, choice);
  }

  /**
   * The source that its options name, as the other constructors make them.
   *
   * @throws InvalidArgumentError - names the option that is missing, unknown or cannot be used.
   */
  static async from(source: SourceOptions, options: CommonOptions = {}, callback?: TokenCallback): Promise<TokenProvider> {
    checkOptions("source", source);
    checkCommon(options);
    if (first(source).source === "external" && typeof callback !== "function") throw invalid(`callback: expected a function, got ${kindOf(callback)}`);
    if (platform.name === "browser") refuseInBrowser(first(source), options);
    const machine = await TokenManager.create(source, { policy: options.policy, facts: platform.facts() });
    return TokenProvider.#over(machine, options, callback, NAMED);
  }

  static #over(machine: TokenManager, options: CommonOptions, callback: TokenCallback | undefined, choice: Choice): TokenProvider {
    try {
      const transports = platform.transports(options);
      const equipment = { platform, transports, readFile: options.readFile ?? platform.readFile, callback, onEvent: options.onEvent };
      return new TokenProvider(machine, equipment, options, choice);
    } catch (error) {
      machine.dispose();
      throw error;
    }
  }

  /**
   * A token that is usable now: at once, if there is one. Ask before every request.
   *
   * @param patience - when this call gives up. Whoever gives up harms nobody else.
   * @throws TrustedProfileError - why there is none, with the likely causes.
   */
  token(patience?: Patience): Promise<AccessToken> {
    const ready = this.#driver.ready();
    if (ready === undefined || patience?.signal?.aborted === true) return this.#fetch(undefined, patience);
    if (ready !== this.#promised) {
      this.#promised = ready;
      this.#promise = Promise.resolve(ready);
    }
    return this.#promise as Promise<AccessToken>;
  }

  /** The token, if there is one that is usable now. Nothing is sent. */
  peek(): AccessToken | undefined {
    return this.#driver.peek();
  }

  /** The identity token of this instance or bare metal server, for calls to the metadata service. */
  identityToken(patience?: Patience): Promise<AccessToken> {
    return this.#fetch("identity", patience);
  }

  /** What the token says about itself, if it is a JWT. Nothing is verified: not for decisions about trust. */
  async unverifiedClaims(patience?: Patience): Promise<Record<string, unknown> | undefined> {
    return (await this.token(patience)).unverifiedClaims();
  }

  /**
   * Tells the provider that a service refused `token` with 401; none means the current one. A newer token stays.
   *
   * A service that refuses every token must not have each request fetch another one: within the policy's
   * `invalidateWindow` (10 s) the second refusal drops the token below as well, and further ones change nothing.
   */
  invalidate(token: AccessToken | undefined = this.peek()): void {
    if (token === undefined) return;
    if (!(token instanceof AccessToken)) throw invalid(`token: expected an AccessToken, got ${kindOf(token)}`);
    if (!this.#driver.isClosed) this.#driver.invalidate(token);
  }

  /** Which source this is, why, and how it is doing. Holds no secret. */
  describe(): Description {
    const status = this.#driver.status();
    return { source: status.source, ...this.#choice, transport: this.#equipment.transports.name, status };
  }

  /** @internal For clients of operations, which share its tokens, its transports and its end. */
  static driverOf(tokens: TokenProvider): Driver {
    return tokens.#driver;
  }

  /** Called with what happens to tokens. */
  get onEvent(): ((event: TokenEvent) => void) | undefined {
    return this.#equipment.onEvent;
  }

  set onEvent(handler: ((event: TokenEvent) => void) | undefined) {
    functions({ onEvent: handler });
    this.#equipment.onEvent = handler;
  }

  /** Ends what is under way and overwrites the memory with the tokens. Callers that wait get a `ClosedError`. */
  dispose(): void {
    if (!this.#driver.isClosed) this.#driver.close();
    this.#promise = this.#promised = undefined;
  }

  /** The same, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Asynchronous from the first argument on, so that no error is thrown instead of being a rejection. */
  async #fetch(slot: "identity" | undefined, patience: Patience | undefined): Promise<AccessToken> {
    return this.#driver.fetch(slot, checked(patience));
  }
}

/** What of the options is the source's. */
function own<O extends CommonOptions>(options: O): Omit<O, (typeof COMMON)[number]> {
  checkOptions("options", options);
  return Object.fromEntries(Object.entries(options).filter(([name]) => !isCommon(name))) as never;
}

/** And what is not. */
function common(options: CommonOptions): CommonOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => isCommon(name)));
}

function isCommon(name: string): boolean {
  return COMMON.includes(name as (typeof COMMON)[number]);
}

function checkCommon(options: CommonOptions): void {
  checkOptions("options", options);
  const unknown = Object.keys(options).find((name) => !isCommon(name));
  if (unknown !== undefined) throw invalid(`${unknown}: there is no such option, expected one of ${COMMON.join(", ")}`);
  const { onEvent, fetch, readFile } = options;
  functions({ onEvent, fetch, readFile });
}

/** What the first token comes from. Whatever else a base may be, it stands on none itself. */
function first(source: SourceOptions): Partial<SourceOptions> {
  return source.source === "assume" ? ((source.base as SourceOptions | undefined) ?? {}) : source;
}

/** Everybody who opens a page can read what it knows, and it has no files. */
function refuseInBrowser(source: Partial<SourceOptions>, options: CommonOptions): void {
  if (source.source === "api_key" && options.dangerouslyAllowBrowser !== true) {
    throw invalid("apiKey: a page cannot keep it: everybody who opens it could read it. Get tokens from a service of yours, with TokenProvider.external");
  }
  if (options.ca !== undefined) {
    throw invalid("ca: a page cannot say whom to trust; add the authority to those of the browser or of the system");
  }
  if (source.source === "container" && source.crToken === undefined && options.readFile === undefined) {
    throw invalid("crTokenFile: a page has no files. Get tokens from a service of yours, with TokenProvider.external");
  }
}

function checked(patience: Patience = {}): Patience {
  checkOptions("patience", patience);
  if ("aborted" in patience) throw invalid("patience: expected { signal, timeout }, got an AbortSignal");
  const { timeout, signal, ...others } = patience;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`${unknown}: there is no such option, expected signal or timeout`);
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function") {
    throw invalid(`signal: expected an AbortSignal, got ${kindOf(signal)}`);
  }
  if (timeout !== undefined && !(typeof timeout === "number" && timeout >= 0)) {
    throw invalid(`timeout: expected milliseconds, 0 or more, got ${seen(timeout)}`);
  }
  return patience;
}
