/// <reference lib="esnext.disposable" preserve="true" />
/** The token machine without I/O. */

import { type Action, type Answer, Exchange, type ExchangeFacts, type FailureKind, type FileRead, type Work } from "./action.js";
import { now as clocks } from "./clocks.js";
import type { ErrorFacts } from "./error.js";
import type { Status, TokenEvent } from "./event.js";
import type { Facts, PolicyOptions, SourceOptions } from "./options.js";
import type { Make } from "./platform/platform.js";
import { AccessToken, type ExternalToken, type Now, type Slot, type TokenFacts } from "./token.js";
import { camelized, errorOf, invalid, local, rethrown, snaked } from "./wasm/border.js";
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
  #instance: Instance | undefined;
  #machine: InstanceType<Instance["Machine"]> | undefined;
  readonly #make: (instance: Instance, seed: bigint) => InstanceType<Instance["Machine"]>;
  /** Counts the times that it began anew. */
  restarts = 0;

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
    const texts = [json("policy", policy), json("facts", facts)] as const;
    await load();
    return new TokenManager(make, ...texts, seed);
  }

  /** The step whose token the program is after: `iam`, `assumed` or, for the metadata service alone, `identity`. */
  get lastSlot(): Slot {
    return this.#call((machine) => machine.last_slot()) as Slot;
  }

  /** What to do next for the caller with this ticket; without `slot` for the token of the last step. */
  poll(ticket: Ticket, slot?: Slot, now: Now = clocks()): Action {
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
    const text = this.#call((machine) => machine.poll_refresh(now.monotonic, now.unix));
    return text === undefined ? undefined : (actionOf(text) as Work);
  }

  /** Reports the answer to a `send`. Wake all who wait afterwards, as after every report. */
  handle(id: number, answer: Answer, now: Now = clocks()): void {
    const lines = Array.from(answer.headers ?? [], ([name, value]) => `${name}:${value}`);
    const body = answer.body ?? new Uint8Array();
    this.#call((machine) => machine.handle(id, answer.status, lines.join("\n"), body, now.monotonic, now.unix));
  }

  /** Reports that no answer came, or that a unit of work failed. `detail` is shown in errors and must hold no secret. */
  fail(id: number, kind: FailureKind, detail = "", reusedConnection = false, now: Now = clocks()): void {
    this.#call((machine) => machine.fail(id, kind, detail, reusedConnection, now.monotonic, now.unix));
  }

  /** Reports what the files of a `needFiles` hold, for each that was tried. */
  provideFiles(id: number, reads: readonly FileRead[], now: Now = clocks()): void {
    const triples = reads.map((read) => ("text" in read ? [read.path, read.text, null] : [read.path, null, read.problem]));
    this.#call((machine) => machine.provide_files(id, JSON.stringify(triples), now.monotonic, now.unix));
  }

  /** Reports the token of a `needToken`. */
  provideToken(id: number, token: ExternalToken, now: Now = clocks()): void {
    this.#call((machine) => machine.provide_token(id, token.accessToken, token.expiresIn * 1000, now.monotonic, now.unix));
  }

  /** Reports that the callback of a `needToken` failed, in words without secrets. */
  provideFailure(id: number, words: string, now: Now = clocks()): void {
    this.#call((machine) => machine.provide_failure(id, words, now.monotonic, now.unix));
  }

  /** Gives back what a unit of work that was stopped from outside cannot do. */
  abandon(id: number, now: Now = clocks()): void {
    this.#call((machine) => machine.abandon(id, now.monotonic, now.unix));
  }

  /** A service refused the token of this step and generation with 401. A newer one stays. */
  invalidate(slot: Slot, generation: number, now: Now = clocks()): void {
    this.#call((machine) => machine.invalidate(slot, generation, now.monotonic, now.unix));
  }

  /** For a copy of this process that goes on elsewhere: forgets what is under way, keeps the tokens. */
  afterFork(seed: bigint = randomSeed()): void {
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

  /** Overwrites its memory, tokens and all. It cannot be used afterwards. */
  dispose(): void {
    this.#instance?.clear();
    this.#instance = this.#machine = undefined;
  }

  /** The same, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #begin(seed: bigint): void {
    const instance = instantiate();
    try {
      this.#machine = this.#make(instance, seed);
    } catch (error) {
      throw rethrown(error);
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
    this.restarts += 1;
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

function randomSeed(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0] as bigint;
}

function json(what: string, options: unknown): string {
  if (typeof options !== "object" || options === null) {
    throw invalid(`${what}: expected an object of options, got ${options === null ? "null" : typeof options}`);
  }
  return JSON.stringify(snaked(options));
}
