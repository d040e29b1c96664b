/// <reference lib="esnext.disposable" preserve="true" />
/** The token machine without I/O. */

import { type Action, type Answer, Exchange, type ExchangeFacts, type FailureKind, type FileRead, type Work } from "./action.js";
import { now as clocks, type Now } from "./clocks.js";
import type { ErrorFacts } from "./error.js";
import type { MetadataService, Status, TokenEvent } from "./event.js";
import type { Facts, PolicyOptions, SourceOptions } from "./options.js";
import type { Make } from "./platform/platform.js";
import { AccessToken, type ExternalToken, type Slot, type TokenFacts } from "./token.js";
import { json, kindOf, numbers, outcome, texts } from "./wasm/arguments.js";
import { camelized, errorOf, invalid, local, rethrown } from "./wasm/border.js";
import type { Ticket as RawTicket } from "#wasm/glue.js";
import { type Instance, instantiate, load } from "./wasm/module.js";

/** One caller's place in a machine. A new one for every call for a token. */
export class Ticket {
  /** @internal */
  raw: RawTicket | undefined;
  /** @internal The instance that it is a ticket of. */
  of: Instance | undefined;
}

/** What a machine may be given, beside its source. */
export interface MachineOptions {
  /** Times in milliseconds. */
  readonly policy?: PolicyOptions | undefined;
  /** What is known of this machine. */
  readonly facts?: Facts | undefined;
  /** Feeds the jitter. Random unless given. */
  readonly seed?: bigint | undefined;
}

/**
 * The machine of one source: it decides when to fetch, retry, refresh and give up. It has no clock, socket or timer of
 * its own; `trusted-profile/sansio` says how it is driven. Without `now`, the clocks of this machine are read.
 *
 * Its memory is its own. Should the WebAssembly in it trap, the call in question throws an `InternalError`, and the
 * machine begins anew.
 */
export class TokenManager {
  /** @internal Bundlers would give it another one. */
  static readonly name = "TokenManager";
  #instance: Instance | undefined;
  #machine: InstanceType<Instance["Machine"]> | undefined;
  #make: ((instance: Instance, seed: bigint) => InstanceType<Instance["Machine"]>) | undefined;
  #restarts = 0;

  private constructor(make: Make, policy: string, facts: string, seed: bigint) {
    this.#make = (instance, seed) => make(instance, policy, facts, seed);
    this.#begin(seed);
  }

  /**
   * A machine for a source.
   *
   * @throws InvalidArgumentError - names the option or knob that cannot be used.
   */
  static async create(source: SourceOptions, options: MachineOptions = {}): Promise<TokenManager> {
    const text = json("source", source);
    return TokenManager.of((instance, ...rest) => new instance.Machine(text, ...rest), options);
  }

  /** @internal */
  static async of(make: Make, { policy = {}, facts = {}, seed = randomSeed() }: MachineOptions): Promise<TokenManager> {
    if (typeof seed !== "bigint") throw invalid(`seed: expected a bigint, got ${kindOf(seed)}`);
    const texts = [json("policy", policy), json("facts", facts)] as const;
    await load();
    return new TokenManager(make, ...texts, seed);
  }

  /** How often it has begun anew. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The step whose token the program is after: `iam`, `assumed` or, for the metadata service alone, `identity`. */
  get lastSlot(): Slot {
    return this.#call((machine) => machine.last_slot()) as Slot;
  }

  /** What to do next for the caller with this ticket; without `slot` for the token of the last step. */
  poll(ticket: Ticket, slot?: Slot, now: Now = clocks()): Action {
    if (!(ticket instanceof Ticket)) throw invalid(`ticket: expected a Ticket, got ${kindOf(ticket)}`);
    if (slot !== undefined) texts({ slot });
    checkNow(now);
    const text = this.#call((machine, instance) => {
      if (ticket.of !== instance) {
        ticket.raw = new instance.Ticket();
        ticket.of = instance;
      }
      return machine.poll(slot, ticket.raw as RawTicket, now.monotonic, now.unix);
    });
    return actionOf(text);
  }

  /** The work of a volunteer, when something is to be refreshed. */
  pollRefresh(now: Now = clocks()): Work | undefined {
    checkNow(now);
    const text = this.#call((machine) => machine.poll_refresh(now.monotonic, now.unix));
    return text === undefined ? undefined : (actionOf(text) as Work);
  }

  /** Reports the answer to a `send`. Wake all who wait afterwards, as after every report. */
  handle(id: number, answer: Answer, now: Now = clocks()): void {
    numbers({ id });
    const { status, lines, body } = outcome(answer);
    checkNow(now);
    this.#call((machine) => machine.handle(id, status, lines, body, now.monotonic, now.unix));
  }

  /** Reports that no answer came, or that a unit of work failed. `detail` is shown in errors and must hold no secret. */
  fail(id: number, kind: FailureKind, detail = "", reusedConnection = false, now: Now = clocks()): void {
    numbers({ id });
    texts({ kind, detail });
    checkNow(now);
    this.#call((machine) => machine.fail(id, kind, detail, Boolean(reusedConnection), now.monotonic, now.unix));
  }

  /** Reports what the files of a `needFiles` hold, for each that was tried. */
  provideFiles(id: number, reads: readonly FileRead[], now: Now = clocks()): void {
    numbers({ id });
    if (!Array.isArray(reads)) throw invalid(`reads: expected a list, got ${kindOf(reads)}`);
    const triples = reads.map(tripleOf);
    checkNow(now);
    this.#call((machine) => machine.provide_files(id, JSON.stringify(triples), now.monotonic, now.unix));
  }

  /** Reports the token of a `needToken`. */
  provideToken(id: number, token: ExternalToken, now: Now = clocks()): void {
    const { accessToken, expiresIn } = token;
    numbers({ id, expiresIn });
    texts({ accessToken });
    checkNow(now);
    this.#call((machine) => machine.provide_token(id, accessToken, expiresIn * 1000, now.monotonic, now.unix));
  }

  /** Reports that the callback of a `needToken` failed, in words without secrets. */
  provideFailure(id: number, words: string, now: Now = clocks()): void {
    numbers({ id });
    texts({ words });
    checkNow(now);
    this.#call((machine) => machine.provide_failure(id, words, now.monotonic, now.unix));
  }

  /** Gives back what a unit of work that was stopped from outside cannot do. */
  abandon(id: number, now: Now = clocks()): void {
    numbers({ id });
    checkNow(now);
    this.#call((machine) => machine.abandon(id, now.monotonic, now.unix));
  }

  /** A service refused the token of this step and generation with 401. A newer one stays. */
  invalidate(slot: Slot, generation: number, now: Now = clocks()): void {
    texts({ slot });
    numbers({ generation });
    checkNow(now);
    this.#call((machine) => machine.invalidate(slot, generation, now.monotonic, now.unix));
  }

  /** For a copy of this process that goes on elsewhere: forgets what is under way, keeps the tokens. */
  afterFork(seed: bigint = randomSeed()): void {
    if (typeof seed !== "bigint") throw invalid(`seed: expected a bigint, got ${kindOf(seed)}`);
    this.#call((machine) => machine.after_fork(seed));
  }

  /** The next thing that happened, if there is one. */
  pollEvent(): TokenEvent | undefined {
    const text = this.#call((machine) => machine.poll_event());
    return text === undefined ? undefined : (camelized(JSON.parse(text)) as TokenEvent);
  }

  /** What the machine knows: source, steps with their tokens and failures, protocol, clock skew. Holds no secret. */
  status(): Status {
    return camelized(JSON.parse(this.#call((machine) => machine.status()))) as Status;
  }

  /**
   * How the metadata service is reached, for `trusted-profile/catalog`. Settled once there is an identity token.
   *
   * @throws InvalidArgumentError - for a source that has none.
   */
  metadataService(): MetadataService {
    return camelized(JSON.parse(this.#call((machine) => machine.metadata_service()))) as MetadataService;
  }

  /** Overwrites its memory, tokens and all. It cannot be used afterwards. */
  dispose(): void {
    this.#instance?.clear();
    // With it go the source's options.
    this.#instance = this.#machine = this.#make = undefined;
  }

  /** The same, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #begin(seed: bigint): void {
    const instance = instantiate();
    try {
      this.#machine = this.#make?.(instance, seed);
    } catch (error) {
      instance.clear();
      throw typeof error === "string" ? rethrown(error) : local("internal", "the machine failed as it began", { cause: error });
    }
    this.#instance = instance;
  }

  #call<R>(call: (machine: InstanceType<Instance["Machine"]>, instance: Instance) => R): R {
    if (this.#machine === undefined || this.#instance === undefined) throw local("closed", "the machine was disposed of");
    try {
      return call(this.#machine, this.#instance);
    } catch (error) {
      // Text is an error of the core. Whatever else wasm throws leaves it in a state that nobody knows.
      if (typeof error !== "string") this.#restart(error);
      throw rethrown(error);
    }
  }

  #restart(cause: unknown): never {
    this.#instance?.clear();
    this.#restarts += 1;
    this.#begin(randomSeed());
    throw local("internal", "the machine failed and began anew; a program may go on. Please report this", { cause });
  }
}

function actionOf(text: string): Action {
  const action = JSON.parse(text) as { kind: string; token: TokenFacts; exchange: ExchangeFacts; error: unknown };
  if (action.kind === "ready") return { kind: "ready", token: new AccessToken(action.token) };
  if (action.kind === "send") return { kind: "send", exchange: new Exchange(action.exchange) };
  if (action.kind === "failed") return { kind: "failed", error: errorOf(camelized(action.error) as ErrorFacts) };
  return action as unknown as Action;
}

/** For jitter, which is no secret. Node 18 has no global `crypto`. */
function randomSeed(): bigint {
  return BigInt(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER));
}

function checkNow(now: Now): void {
  numbers({ monotonic: now?.monotonic, unix: now?.unix });
}

function tripleOf(read: FileRead): readonly [string, string | null, string | null] {
  const { path, text, problem } = read as { path: string; text?: string; problem?: string };
  texts(text === undefined ? { path, problem } : { path, text });
  return text === undefined ? [path, null, problem as string] : [path, text, null];
}
