/** What waits, wakes and works for a machine. The contract is that of `trusted-profile/sansio`. */

import { type Action, type FileRead, TransportError, type Work } from "./action.js";
import { now } from "./clocks.js";
import type { TokenEvent } from "./event.js";
import { type TokenManager, Ticket } from "./machine.js";
import type { Platform, Transports } from "./platform/platform.js";
import { type AccessToken, type ExternalToken, type Slot, isBefore } from "./token.js";
import { invalid, local } from "./wasm/border.js";

/** The program's own callback of an `external` source. `signal` aborts when its time is up. */
export type TokenCallback = (options: { readonly signal: AbortSignal }) => ExternalToken | PromiseLike<ExternalToken>;

/** Reads one file. */
export type ReadFile = (path: string, maxBytes: number) => PromiseLike<FileRead>;

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

/** How long a caller waits. */
export interface Patience {
  /** Gives up with the signal's reason. The fetch goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Gives up with a `DeadlineExceededError` after so many milliseconds. The fetch goes on. */
  readonly timeout?: number | undefined;
}

/**
 * The driver of one provider.
 *
 * @internal
 */
export class Driver {
  readonly machine: TokenManager;
  readonly equipment: Equipment;
  readonly #waiters = new Set<() => void>();
  readonly #closing = new AbortController();
  /** What the last poll handed out for the last slot. */
  #held: AccessToken | undefined;
  /** Nothing was reported since. */
  #isFresh = false;
  /** The token of a machine that failed, until the new one has its own. */
  #survivor: AccessToken | undefined;
  #isTelling = false;
  #restarts = 0;

  constructor(machine: TokenManager, equipment: Equipment) {
    this.machine = machine;
    this.equipment = equipment;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** The token that need neither be refreshed nor replaced: two comparisons. */
  ready(): AccessToken | undefined {
    const held = this.#held;
    return this.#isFresh && held !== undefined && isBefore(now(), held.refreshAt) ? held : undefined;
  }

  /** The token, as long as it can be used at all. */
  peek(): AccessToken | undefined {
    const held = this.#held;
    return held !== undefined && isBefore(now(), held.usableUntil) ? held : undefined;
  }

  /** A token for a caller. */
  async fetch(slot: Slot | undefined, { signal, timeout }: Patience): Promise<AccessToken> {
    const end = timeout === undefined ? Infinity : performance.now() + timeout;
    const ticket = new Ticket();
    for (;;) {
      signal?.throwIfAborted();
      const action = this.#step(ticket, slot);
      if (action.kind === "ready") return action.token;
      if (action.kind === "failed") throw action.error;
      if (action.kind !== "wait") continue;
      const left = end - performance.now();
      if (left <= 0) throw late(timeout);
      // In the turn of the poll, so that no report comes between.
      await this.#wait(Math.min(action.atMost, left), signal);
    }
  }

  /** Tells the machine that a service refused a token. */
  invalidate(token: AccessToken): void {
    if (token === this.#survivor || token === this.#held) this.#isFresh = false;
    if (token === this.#survivor) {
      this.#survivor = this.#held = undefined;
    } else {
      this.machine.invalidate(token.slot, token.generation);
      if (token === this.#held) this.#held = undefined;
    }
    this.#wake();
    this.#tell();
  }

  /** Ends what is under way, and forgets the tokens. */
  close(): void {
    this.#closing.abort(local("closed", "the provider was closed"));
    this.equipment.transports.close();
    this.machine.dispose();
    this.#held = this.#survivor = undefined;
    this.#wake();
  }

  /** One poll, and the start of what it asks for. */
  #step(ticket: Ticket, slot: Slot | undefined): Action {
    if (this.isClosed) throw this.#closing.signal.reason;
    const action = this.#guard(() => this.machine.poll(ticket, slot));
    if (action.kind === "ready") {
      const token = slot === undefined ? this.#keep(action.token) : action.token;
      this.#begin(this.#guard(() => this.machine.pollRefresh()), undefined, undefined);
      this.#tell();
      return { kind: "ready", token };
    }
    this.#begin(workOf(action), ticket, slot);
    this.#tell();
    const survivor = this.#survivor;
    if (slot === undefined && survivor !== undefined && isBefore(now(), survivor.usableUntil)) return { kind: "ready", token: survivor };
    return action;
  }

  /** The same object for the same token. */
  #keep(token: AccessToken): AccessToken {
    if (this.#held?.generation !== token.generation || this.#survivor !== undefined) this.#held = token;
    this.#survivor = undefined;
    this.#isFresh = true;
    return this.#held as AccessToken;
  }

  /** A machine that failed has begun anew, without the token that is still good. */
  #guard<R>(call: () => R): R {
    try {
      return call();
    } finally {
      if (this.machine.restarts !== this.#restarts) {
        this.#restarts = this.machine.restarts;
        this.#survivor = this.#held;
        this.#isFresh = false;
      }
    }
  }

  #begin(work: Work | undefined, ticket: Ticket | undefined, slot: Slot | undefined): void {
    if (work !== undefined) void this.#run(work, ticket, slot);
  }

  /** A unit of work, and all that follows from it at once: it belongs to nobody, and never rejects. */
  async #run(work: Work, ticket: Ticket | undefined, slot: Slot | undefined): Promise<void> {
    for (let next: Work | undefined = work; next !== undefined; ) {
      const report = await this.#outcome(next);
      if (this.isClosed) return;
      next = this.#next(report, ticket, slot);
      this.#wake();
      this.#tell();
    }
  }

  /** Reports, and asks in the stead of the caller with this ticket, who may have left: the fetch goes on. */
  #next(report: () => void, ticket: Ticket | undefined, slot: Slot | undefined): Work | undefined {
    this.#isFresh = false;
    try {
      this.#guard(report);
      return this.#guard(() => (ticket === undefined ? this.machine.pollRefresh() : workOf(this.machine.poll(ticket, slot))));
    } catch {
      // What the machine could not take is lost with it; whoever waits asks the new one.
      return undefined;
    }
  }

  /** Does the work; what is returned reports it. */
  async #outcome(work: Work): Promise<() => void> {
    try {
      return await this.#perform(work);
    } catch (error) {
      return () => this.#failed(work.kind === "send" ? work.exchange.id : work.id, error);
    }
  }

  #failed(id: number, error: unknown): void {
    if (error instanceof TransportError) this.machine.fail(id, error.kind, error.detail, error.reusedConnection);
    else this.machine.fail(id, "other", `the transport threw ${error instanceof Error ? error.name : typeof error}`);
  }

  async #perform(work: Work): Promise<() => void> {
    const { machine } = this;
    if (work.kind === "send") {
      const answer = await this.equipment.transports.send(work.exchange, this.#closing.signal);
      return () => machine.handle(work.exchange.id, answer);
    }
    if (work.kind === "needFiles") {
      const reads = await this.#read(work.paths, work.maxBytes);
      return () => machine.provideFiles(work.id, reads);
    }
    try {
      const token = await this.#called(work.timeout);
      return () => machine.provideToken(work.id, token);
    } catch (error) {
      const words = error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${typeof error}`;
      return () => machine.provideFailure(work.id, words);
    }
  }

  /** In order, up to the first that holds something. */
  async #read(paths: readonly string[], maxBytes: number): Promise<FileRead[]> {
    const reads: FileRead[] = [];
    for (const path of paths) {
      const read: FileRead = (await this.equipment.readFile?.(path, maxBytes)) ?? { path, problem: "denied" };
      reads.push(read);
      if ("text" in read) break;
    }
    return reads;
  }

  async #called(timeout: number): Promise<ExternalToken> {
    const inner = new AbortController();
    const end = (reason: Error): void => inner.abort(reason);
    const timer = setTimeout(() => end(new Error(`it took longer than ${timeout} ms`)), timeout);
    const ended = new Promise<never>((_, reject) => inner.signal.addEventListener("abort", () => reject(inner.signal.reason)));
    try {
      const token = await Promise.race([this.equipment.callback?.({ signal: inner.signal }), ended]);
      if (typeof token?.accessToken !== "string" || typeof token.expiresIn !== "number") {
        throw invalid("it returned no { accessToken, expiresIn }");
      }
      return token;
    } finally {
      clearTimeout(timer);
    }
  }

  #wait(atMost: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiters.delete(done);
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      this.#waiters.add(done);
      // The longest that timers take, which is 24 days.
      const timer = setTimeout(done, Math.min(atMost, 0x7fff_ffff));
      signal?.addEventListener("abort", done);
    });
  }

  /** Has everybody who waits poll again. */
  #wake(): void {
    for (const wake of [...this.#waiters]) wake();
  }

  /** Tells what happened, in order, also what the handler itself sets off. */
  #tell(): void {
    if (this.#isTelling || this.isClosed) return;
    this.#isTelling = true;
    try {
      for (let event = this.machine.pollEvent(); event !== undefined; event = this.machine.pollEvent()) this.#tellOne(event);
    } catch {
      // The machine failed. It begins anew, and so do its events.
    } finally {
      this.#isTelling = false;
    }
  }

  #tellOne(event: TokenEvent): void {
    try {
      this.equipment.onEvent?.(event);
    } catch (error) {
      this.equipment.platform.warn(`trusted-profile: onEvent threw ${error instanceof Error ? error.name : typeof error}`);
    }
  }
}

function workOf(action: Action): Work | undefined {
  return action.kind === "send" || action.kind === "needFiles" || action.kind === "needToken" ? action : undefined;
}

function late(timeout: number | undefined): Error {
  return local("deadline_exceeded", `no token within the ${timeout} ms that the caller allowed; the fetch goes on`);
}
