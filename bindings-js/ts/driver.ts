/** What waits, wakes and works for a machine. The contract is that of `trusted-profile/sansio`. */

import type { Action, Answer, Exchange, FileRead, Work } from "./action.js";
import { onAbort } from "./aborts.js";
import { isBefore, now, recently } from "./clocks.js";
import type { TrustedProfileError } from "./error.js";
import type { MetadataService, Status, TokenEvent } from "./event.js";
import { Held } from "./held.js";
import { type TokenManager, Ticket } from "./machine.js";
import type { Platform, Transports } from "./platform/platform.js";
import { type ReadFile, readWith } from "./reading.js";
import type { AccessToken, ExternalToken, Slot } from "./token.js";
import { causeAsTold, explained, troubleAsTold } from "./transport/cause.js";
import { LONGEST_TIMER, within } from "./transport/deadline.js";
import { isTransportError, nameOf, wordsOf } from "./thrown.js";
import { kindOf, seen } from "./wasm/arguments.js";
import { local } from "./wasm/border.js";

/** The program's own callback of an `external` source. `signal` aborts when its time is up. */
export type TokenCallback = (options: { readonly signal: AbortSignal }) => ExternalToken | PromiseLike<ExternalToken>;

/**
 * What a driver works with.
 *
 * @internal
 */
export interface Equipment {
  readonly platform: Platform;
  readonly transports: Transports;
  readonly readFile: ReadFile | undefined;
  readonly callback: TokenCallback | undefined;
  onEvent: ((event: TokenEvent) => void) | undefined;
}

/** The most that who comes during a request puts off its poll, in milliseconds. */
const ARRIVAL = 10;

/** How long a caller waits. */
export interface Patience {
  /** Gives up with the signal's reason. The fetch goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Gives up with a `DeadlineExceededError` after so many milliseconds. The fetch goes on. */
  readonly timeout?: number | undefined;
}

/** By what wakes them; and for which step they wait. */
type Waiters = Map<() => void, Slot | undefined>;

/**
 * The driver of one provider.
 *
 * @internal
 */
export class Driver {
  readonly #machine: TokenManager;
  readonly #equipment: Equipment;
  /** Who waits, and for which step. */
  readonly #waiters: Waiters = new Map();
  /** Who came while somebody's request was under way, and polls before it is reported. */
  readonly #arrivals: Waiters = new Map();
  /** Requests and what leads to them, for callers who have no token. */
  #fetches = 0;
  readonly #closing = new AbortController();
  /** What the last poll handed out for the last slot. */
  readonly #held = new Held();
  /** The token of a machine that failed, until the new one has its own. */
  #survivor: AccessToken | undefined;
  /** What the last unit of work failed with, until one goes well. */
  #trouble: unknown;
  #isTelling = false;
  #restarts = 0;

  constructor(machine: TokenManager, equipment: Equipment) {
    this.#machine = machine;
    this.#equipment = equipment;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** The token that need neither be refreshed nor replaced. */
  ready(): AccessToken | undefined {
    return this.#held.ready(recently());
  }

  /** The token, as long as it can be used at all. */
  peek(): AccessToken | undefined {
    return this.#held.usable(recently());
  }

  /** What the machine knows. */
  status(): Status {
    if (this.isClosed) throw this.#closing.signal.reason;
    return this.#guard(() => this.#machine.status());
  }

  /** Aborts with the provider. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** How the metadata service is reached. */
  metadataService(): MetadataService {
    if (this.isClosed) throw this.#closing.signal.reason;
    return this.#guard(() => this.#machine.metadataService());
  }

  /** Sends for a call of an operation. */
  send(exchange: Exchange, signal: AbortSignal): Promise<Answer> {
    return this.#equipment.transports.send(exchange, signal);
  }

  /** A token for a caller. */
  async fetch(slot: Slot | undefined, { signal, timeout }: Patience): Promise<AccessToken> {
    const end = timeout === undefined ? Infinity : performance.now() + timeout;
    const ticket = new Ticket();
    // A crowd is not to hold up the request that the first of it has begun.
    if (slot === undefined && this.#fetches > 0) {
      await this.#wait(this.#arrivals, slot, Math.min(ARRIVAL, end - performance.now()), signal);
    }
    for (;;) {
      signal?.throwIfAborted();
      // Of many who were woken, the first one asks the machine.
      const ready = slot === undefined ? this.ready() : undefined;
      if (ready !== undefined) return ready;
      const action = this.#step(ticket, slot);
      const left = action.kind === "wait" ? Math.min(action.atMost, end - performance.now()) : 0;
      const isLate = action.kind === "wait" && action.atMost > left && left <= 0;
      // In the turn of the poll, so that no report comes between.
      const woken = action.kind === "wait" && !isLate ? this.#wait(this.#waiters, slot, left, signal) : undefined;
      // After that, since the program's handler may report something itself.
      this.#tell();
      if (action.kind === "ready") return action.token;
      if (action.kind === "failed") throw this.#explained(action.error);
      if (isLate) throw this.#late(timeout);
      await woken;
    }
  }

  /** Tells the machine that a service refused a token. What that changes is for the machine to say. */
  invalidate(token: AccessToken): void {
    if (token.value === this.#survivor?.value) {
      this.#survivor = undefined;
      this.#held.drop();
    } else if (!this.#isForeign(token)) {
      this.#guard(() => this.#machine.invalidate(token.slot, token.generation));
      const known = this.status().slots.find(({ slot }) => slot === token.slot);
      const isGone = known?.generation !== token.generation || known.usableUntil === null;
      if (this.#held.is(token) && isGone) this.#held.drop();
    }
    this.#held.outdate();
    this.#wake();
    this.#tell();
  }

  /** Ends what is under way, and forgets the tokens. */
  close(): void {
    this.#closing.abort(local("closed", "the provider was closed"));
    this.#equipment.transports.close();
    this.#machine.dispose();
    this.#held.drop();
    this.#survivor = this.#trouble = undefined;
    this.#wake();
  }

  /** Of another provider, or of a machine that failed: it has the generation of a token of ours, and is not that token. */
  #isForeign(token: AccessToken): boolean {
    const current = this.peek();
    return current?.slot === token.slot && current.generation === token.generation && current.value !== token.value;
  }

  /** One poll, and the start of what it asks for. */
  #step(ticket: Ticket, slot: Slot | undefined): Action {
    if (this.isClosed) throw this.#closing.signal.reason;
    let action: Action;
    try {
      action = this.#poll(ticket, slot);
      if (isWork(action)) this.#begin(action, ticket, slot);
      if (action.kind === "ready") this.#begin(this.#guard(() => this.#machine.pollRefresh()));
    } catch (error) {
      action = { kind: "failed", error: error as TrustedProfileError };
    }
    const survivor = slot === undefined ? this.#survivor : undefined;
    return survivor !== undefined && isBefore(now(), survivor.usableUntil) ? { kind: "ready", token: survivor } : action;
  }

  #poll(ticket: Ticket, slot: Slot | undefined): Action {
    const action = this.#guard(() => this.#machine.poll(ticket, slot));
    if (action.kind !== "ready" || slot !== undefined) return action;
    this.#survivor = undefined;
    return { kind: "ready", token: this.#held.keep(action.token) };
  }

  /** A machine that failed has begun anew, without the token that is still good. */
  #guard<R>(call: () => R): R {
    try {
      return call();
    } finally {
      if (this.#machine.restarts !== this.#restarts) {
        this.#restarts = this.#machine.restarts;
        this.#survivor = this.peek();
        this.#held.outdate();
        // What they wait for is not known to the new one.
        this.#wake();
      }
    }
  }

  /** For the caller with this ticket; without one for everybody who has a token that is to be refreshed. */
  #begin(work: Work | undefined, ticket?: Ticket, slot?: Slot): void {
    if (work === undefined) return;
    const isFetch = ticket !== undefined && slot === undefined;
    if (isFetch) this.#fetches++;
    void this.#run(work, ticket, slot).finally(() => {
      if (isFetch) this.#fetches--;
    });
  }

  /** A unit of work, and all that follows from it at once. It belongs to nobody, and never rejects. */
  async #run(work: Work, ticket: Ticket | undefined, slot: Slot | undefined): Promise<void> {
    for (let next: Work | undefined = work; next !== undefined; ) {
      const restarts = this.#restarts;
      const report = await this.#performed(next);
      await this.#admit();
      // To a machine that began anew, its id may be that of something else.
      if (this.isClosed || restarts !== this.#machine.restarts) return;
      next = this.#next(next, report, ticket, slot);
    }
  }

  /** Has those poll who came meanwhile: what is reported is for them as well. */
  async #admit(): Promise<void> {
    if (this.#arrivals.size === 0) return;
    for (const arrive of [...this.#arrivals.keys()]) arrive();
    // They were resumed first, and poll at once.
    await undefined;
  }

  /** Reports, and asks in the caller's stead: it may have left, and the fetch goes on. */
  #next(work: Work, report: () => void, ticket: Ticket | undefined, slot: Slot | undefined): Work | undefined {
    let next: Action | undefined;
    try {
      this.#guard(() => this.#report(work, report));
      this.#held.outdate();
      next = ticket === undefined ? this.#guard(() => this.#machine.pollRefresh()) : this.#poll(ticket, slot);
    } catch {
      // What the machine could not take is lost with it; whoever waits asks the new one.
    }
    const following = next !== undefined && isWork(next) ? next : undefined;
    // Where more is to be done, who waits for the same would only stand in its way.
    this.#wake((waited) => following === undefined || ticket === undefined || waited !== slot);
    this.#tell();
    return following;
  }

  #report(work: Work, report: () => void): void {
    const restarts = this.#machine.restarts;
    try {
      report();
    } catch (error) {
      if (restarts !== this.#machine.restarts) throw error;
      this.#machine.fail(idOf(work), "other", `it brought something that is not an outcome: ${wordsOf(error)}`);
    }
  }

  /** Does it; what is returned reports it. */
  async #performed(work: Work): Promise<() => void> {
    const machine = this.#machine;
    try {
      const report = await this.#perform(work);
      this.#trouble = undefined;
      return report;
    } catch (error) {
      this.#trouble = error;
      // Its words are told without what looks like a secret; the error itself would tell all of it.
      if (work.kind === "needToken") return () => machine.provideFailure(work.id, wordsOf(error));
      if (isTransportError(error)) return () => machine.fail(idOf(work), error.kind, error.detail, error.reusedConnection);
      const what = work.kind === "send" ? "the transport" : "readFile";
      return () => machine.fail(idOf(work), "other", `${what} threw ${nameOf(error)}`);
    }
  }

  async #perform(work: Work): Promise<() => void> {
    const machine = this.#machine;
    if (work.kind === "send") {
      const answer = await this.#equipment.transports.send(work.exchange, this.#closing.signal);
      return () => machine.handle(work.exchange.id, answer);
    }
    if (work.kind === "needFiles") {
      const reads = await this.#read(work.paths, work.maxBytes);
      return () => machine.provideFiles(work.id, reads);
    }
    const token = await this.#called(work.timeout);
    return () => machine.provideToken(work.id, token);
  }

  /** In order, up to the first that holds something. */
  async #read(paths: readonly string[], maxBytes: number): Promise<FileRead[]> {
    const reads: FileRead[] = [];
    for (const path of paths) {
      const { readFile } = this.#equipment;
      const read: FileRead = readFile === undefined ? { path, problem: "denied" } : await readWith(readFile, path, maxBytes);
      reads.push(read);
      if ("text" in read) break;
    }
    return reads;
  }

  async #called(timeout: number): Promise<ExternalToken> {
    const call = async (signal: AbortSignal): Promise<ExternalToken | undefined> => this.#equipment.callback?.({ signal });
    const token = await within(timeout, this.#closing.signal, call, () => new Error(`it took longer than ${timeout} ms`));
    const { accessToken, expiresIn } = token ?? ({} as Partial<ExternalToken>);
    if (typeof accessToken !== "string") throw new TypeError(`accessToken: expected text, got ${kindOf(accessToken)}`);
    if (typeof expiresIn !== "number" || !(expiresIn >= 0)) {
      throw new TypeError(`expiresIn: expected a number of seconds, got ${seen(expiresIn)}`);
    }
    return { accessToken, expiresIn };
  }

  #wait(waiters: Waiters, slot: Slot | undefined, atMost: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        waiters.delete(done);
        clearTimeout(timer);
        forget?.();
        resolve();
      };
      waiters.set(done, slot);
      const timer = setTimeout(done, Math.min(atMost, LONGEST_TIMER));
      const forget = signal === undefined ? undefined : onAbort(signal, done);
    });
  }

  /** Has everybody who waits poll again, or who waits for certain steps. */
  #wake(concerns: (slot: Slot | undefined) => boolean = () => true): void {
    for (const [wake, slot] of [...this.#arrivals, ...this.#waiters]) if (concerns(slot)) wake();
  }

  /** Tells what happened, in order, also what the handler itself sets off. */
  #tell(): void {
    if (this.#isTelling || this.isClosed) return;
    this.#isTelling = true;
    const next = (): TokenEvent | undefined => this.#guard(() => this.#machine.pollEvent());
    try {
      for (let event = next(); event !== undefined; event = next()) this.#tellOne(event);
    } catch {
      // The machine failed. It begins anew, and so do its events.
    } finally {
      this.#isTelling = false;
    }
  }

  #tellOne(event: TokenEvent): void {
    const { platform, onEvent } = this.#equipment;
    const failed = (error: unknown): void => platform.warn(`trusted-profile: onEvent threw ${nameOf(error)}`);
    try {
      // A handler that is asynchronous returns a promise, which nobody waits for.
      Promise.resolve(onEvent?.(event)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** With what went wrong last, if anything did. */
  #late(timeout: number | undefined): TrustedProfileError {
    const { error } = this.status().slots.filter(({ lastFailure }) => lastFailure !== null).pop()?.lastFailure ?? {};
    const why = error === undefined ? "" : `; the last failure: ${error.code}: ${error.message}`;
    return local("deadline_exceeded", `no token within the ${timeout} ms that the caller allowed; the fetch goes on${why}`);
  }

  /** An error for this caller alone, with what it follows from. */
  #explained(error: TrustedProfileError): TrustedProfileError {
    const isAnswer = error.status !== undefined || error.code === "invalid_argument" || error.code === "internal";
    if (isAnswer) return error;
    const asTold = error.code === "external_source_failed" ? causeAsTold : troubleAsTold;
    return explained(error, asTold(this.#trouble, error.message));
  }
}

function isWork(action: Action): action is Work {
  return action.kind === "send" || action.kind === "needFiles" || action.kind === "needToken";
}

function idOf(work: Work): number {
  return work.kind === "send" ? work.exchange.id : work.id;
}
