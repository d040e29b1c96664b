/**
 * A token flow, one action at a time. The machine is that of `trusted-profile/sansio` and decides everything; what a
 * driver does in a loop happens here at each `step`.
 */

import { type Action, type Exchange, type FailureKind, type FileRead, type MachineOptions, Ticket, TokenManager, type Work } from "trusted-profile/sansio";
import type { AccessToken, SourceOptions, Status, TokenEvent, TrustedProfileError } from "trusted-profile";
import { Clock, duration } from "./clock.js";
import type { ShownAnswer } from "../shown.js";

/** Both clocks at one moment, in milliseconds. */
export interface Now {
  readonly monotonic: number;
  readonly unix: number;
}

/** What came of a request; `took` is how long it kept its caller waiting, in milliseconds of the flow's time. */
export type Outcome =
  | { readonly kind: "answer"; readonly answer: ShownAnswer; readonly bytes: Uint8Array }
  | { readonly kind: "failure"; readonly failure: FailureKind; readonly detail: string; readonly took: number };

/** What is outside of the machine. */
export interface World {
  send(exchange: Exchange, now: Now): Promise<Outcome>;
  read(paths: readonly string[], now: Now): Promise<readonly FileRead[]>;
}

/** What the next step does. */
export type Next =
  | { readonly kind: "ask" }
  | { readonly kind: "poll" }
  | { readonly kind: "send"; readonly exchange: Exchange }
  | { readonly kind: "answer"; readonly exchange: Exchange; readonly outcome: Outcome }
  | { readonly kind: "read"; readonly id: number; readonly paths: readonly string[] }
  | { readonly kind: "wait"; readonly atMost: number };

/** One step that was done. */
export interface Entry {
  readonly at: Now;
  readonly tone: "plain" | "good" | "bad";
  /** What happened, in a sentence. */
  readonly text: string;
  readonly exchange?: Exchange;
  readonly outcome?: Outcome;
  readonly error?: TrustedProfileError;
  readonly token?: AccessToken;
}

/** A flow of one source. */
export class Flow {
  readonly #machine: TokenManager;
  readonly #world: World;
  readonly #clock: Clock;
  #ticket: Ticket | undefined;
  #next: Next = { kind: "ask" };
  /** When the token of a step was asked for last, so far as it came. */
  readonly #begun = new Map<string, Now>();

  private constructor(machine: TokenManager, world: World, clock: Clock) {
    this.#machine = machine;
    this.#world = world;
    this.#clock = clock;
  }

  /** A flow that begins now, with time that only `advance` moves. */
  static async of(source: SourceOptions, world: World, options: MachineOptions = {}): Promise<Flow> {
    return new Flow(await TokenManager.create(source, options), world, new Clock(Date.now()));
  }

  get now(): Now {
    return this.#clock.now();
  }

  get next(): Next {
    return this.#next;
  }

  /** What the machine knows. */
  get status(): Status {
    return this.#machine.status();
  }

  /** When the present token of a step came. */
  begun(slot: string): Now | undefined {
    return this.#begun.get(slot);
  }

  /** Lets time pass; who waits has waited for that long. */
  advance(ms: number): Entry {
    this.#clock.advance(ms);
    const next = this.#next;
    if (next.kind === "wait") this.#next = ms >= next.atMost ? { kind: "poll" } : { kind: "wait", atMost: next.atMost - ms };
    return this.#entry("plain", `${duration(ms)} went by.`);
  }

  /** A service refused the IAM token with 401. */
  refuse(): Entry {
    const held = this.status.slots.find(({ slot }) => slot === "iam");
    if (held === undefined || held.usableUntil === null) return this.#entry("plain", "There is no IAM token that a service could refuse.");
    this.#machine.invalidate("iam", held.generation, this.now);
    const events = this.#events();
    return this.#entry("bad", `A service refused IAM token ${held.generation} with 401. ${events === "" ? "The machine keeps what it has: it dropped one a moment ago." : events}`);
  }

  /** Does what is next. */
  async step(): Promise<Entry> {
    const next = this.#next;
    switch (next.kind) {
      case "ask":
        this.#ticket = new Ticket();
        return this.#poll("The program asks for a token.");
      case "poll":
        return this.#poll("The machine is polled.");
      case "send":
        return this.#send(next.exchange);
      case "answer":
        return this.#report(next.exchange, next.outcome);
      case "read":
        return this.#read(next.id, next.paths);
      case "wait":
        this.#clock.advance(next.atMost);
        this.#next = { kind: "poll" };
        return this.#entry("plain", `The driver waited for ${duration(next.atMost)}.`);
    }
  }

  /** Overwrites the machine's memory. */
  close(): void {
    this.#machine.dispose();
  }

  #poll(said: string): Entry {
    if (this.#ticket === undefined) return this.#volunteer(said);
    const action = this.#machine.poll(this.#ticket, undefined, this.now);
    if (action.kind === "ready") {
      this.#ticket = undefined;
      return this.#volunteer(`${said} It hands out IAM token ${action.token.generation}.`, action.token);
    }
    if (action.kind === "failed") {
      this.#ticket = undefined;
      this.#next = { kind: "ask" };
      return this.#entry("bad", `${said} There is no token: ${action.error.code}. ${this.#events()}`, { error: action.error });
    }
    return this.#entry("plain", `${said} ${this.#follow(action)}`);
  }

  /** Whoever has its token starts a refresh that is due, and need not wait for it. */
  #volunteer(said: string, token?: AccessToken): Entry {
    const work = this.#machine.pollRefresh(this.now);
    const refresh = work === undefined ? "" : ` A refresh is due, which nobody waits for. ${this.#follow(work)}`;
    if (work === undefined) this.#next = { kind: "ask" };
    const nothing = work === undefined && token === undefined ? " Nothing is to be done." : "";
    return this.#entry(token === undefined ? "plain" : "good", `${said}${refresh}${nothing}`, token === undefined ? {} : { token });
  }

  /** Notes what an action asks for; what it is in words. */
  #follow(action: Work | Extract<Action, { kind: "wait" }>): string {
    switch (action.kind) {
      case "send":
        this.#next = { kind: "send", exchange: action.exchange };
        return `It wants ${action.exchange.method} ${new URL(action.exchange.url).pathname}, within ${duration(action.exchange.timeout)}.`;
      case "needFiles":
        this.#next = { kind: "read", id: action.id, paths: action.paths };
        return `It wants the token file: ${action.paths.join(", then ")}.`;
      case "wait":
        this.#next = { kind: "wait", atMost: action.atMost };
        return `It wants to be polled again in ${duration(action.atMost)}.`;
      case "needToken":
        throw new Error("no source of this page has a callback");
    }
  }

  async #send(exchange: Exchange): Promise<Entry> {
    const outcome = await this.#world.send(exchange, this.now);
    if (outcome.kind === "failure") this.#clock.advance(outcome.took);
    this.#next = { kind: "answer", exchange, outcome };
    const what = `${exchange.method} ${new URL(exchange.url).pathname}`;
    if (outcome.kind === "failure") return this.#entry("bad", `${what}: no answer (${outcome.failure}). ${outcome.detail}`, { exchange, outcome });
    const { status } = outcome.answer;
    return this.#entry(status < 300 ? "plain" : "bad", `${what} was answered with ${status}.`, { exchange, outcome });
  }

  #report(exchange: Exchange, outcome: Outcome): Entry {
    if (outcome.kind === "answer") {
      const { status, headers } = outcome.answer;
      this.#machine.handle(exchange.id, { status, headers, body: outcome.bytes }, this.now);
    } else {
      this.#machine.fail(exchange.id, outcome.failure, outcome.detail, false, this.now);
    }
    this.#next = { kind: "poll" };
    const events = this.#events();
    return this.#entry("plain", `The machine was told what came. ${events}`);
  }

  async #read(id: number, paths: readonly string[]): Promise<Entry> {
    const reads = await this.#world.read(paths, this.now);
    this.#machine.provideFiles(id, reads, this.now);
    this.#next = { kind: "poll" };
    const read = reads.map((one) => ("text" in one ? `a token of ${one.text.length} characters in ${one.path}` : `${one.path}: ${one.problem.replace("_", " ")}`));
    return this.#entry(reads.some((one) => "text" in one) ? "plain" : "bad", `The driver looked for the file, and found ${read.join(", then ")}.`);
  }

  /** What the machine tells meanwhile, in words. */
  #events(): string {
    const words: string[] = [];
    for (let event = this.#machine.pollEvent(); event !== undefined; event = this.#machine.pollEvent()) {
      if (event.event === "fetched" || event.event === "refreshed") this.#begun.set(event.slot, this.now);
      words.push(wordsOf(event));
    }
    return words.join(" ");
  }

  #entry(tone: Entry["tone"], text: string, more: Partial<Entry> = {}): Entry {
    return { at: this.now, tone, text: text.trim(), ...more };
  }
}

function wordsOf(event: TokenEvent): string {
  switch (event.event) {
    case "fetched":
      return `It has a token for step ${event.slot}, which lives for ${duration(event.lifeMs)}.`;
    case "refreshed":
      return `It has a new token for step ${event.slot}, which lives for ${duration(event.lifeMs)}; the old one was ${duration(event.replacedAgeMs)} old.`;
    case "refresh_failed":
      return `The refresh of step ${event.slot} failed (${event.error.code}); the token, ${duration(event.tokenAgeMs)} old, stays in use.`;
    case "not_ready":
      return `Step ${event.slot} is not ready (${event.error.code}), which is forgiven for another ${duration(event.remainingMs)}.`;
    case "failed":
      return `Step ${event.slot} failed: ${event.error.code}.`;
    case "invalidated":
      return `Token ${event.generation} of step ${event.slot} was dropped.`;
    case "clock_skew":
      return `The service's clock differs by ${event.seconds} s.`;
  }
}
