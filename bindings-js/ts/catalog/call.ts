/** What brings a call of an operation its tokens, sends for it and waits for it. The call itself decides everything. */

import { onAbort } from "../aborts.js";
import { type Answer, Exchange, type ExchangeFacts, TransportError } from "../action.js";
import { now } from "../clocks.js";
import type { Driver } from "../driver.js";
import type { TrustedProfileError } from "../error.js";
import { DeadlineExceededError } from "../errors.js";
import { isTransportError, nameOf, wordsOf } from "../thrown.js";
import type { AccessToken } from "../token.js";
import { explained, troubleAsTold } from "../transport/cause.js";
import { LONGEST_TIMER } from "../transport/deadline.js";
import { json, outcome } from "../wasm/arguments.js";
import type { Engine, RawCall, RawClient } from "./engine.js";
import { Reply } from "./reply.js";
import { errorFrom } from "./spelling.js";

/** What to do next, as the call says it. Times are in milliseconds. */
type Step =
  | { readonly kind: "needToken"; readonly token: "identity" | "iam"; readonly left: number }
  | { readonly kind: "rejected" }
  | { readonly kind: "send"; readonly exchange: ExchangeFacts }
  | { readonly kind: "wait"; readonly atMost: number }
  | { readonly kind: "answer"; readonly status: number; readonly headers: Array<[string, string]>; readonly content: "nothing" | "text" | "json" }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly error: unknown };

/** A call under way. It belongs to one caller. */
export class Call {
  readonly #engine: Engine;
  readonly #raw: RawCall;
  readonly #driver: Driver;
  readonly #signals: readonly AbortSignal[];
  readonly #ending = new AbortController();
  /** The token that it was given last. */
  #used: AccessToken | undefined;
  /** What sending failed with last. */
  #trouble: TransportError | undefined;

  constructor(engine: Engine, raw: RawCall, driver: Driver, signal: AbortSignal | undefined) {
    this.#engine = engine;
    this.#raw = raw;
    this.#driver = driver;
    this.#signals = signal === undefined ? [driver.closing] : [driver.closing, signal];
  }

  /** The answer: the only one of a call, or the next page. Undefined: there are no more. */
  async next(): Promise<Reply | undefined> {
    // No longer than it is under way: between its pages it may be left without a word, and the provider lives on.
    const forget = this.#signals.map((one) => {
      if (one.aborted) this.#ending.abort(one.reason);
      return onAbort(one, () => this.#ending.abort(one.reason));
    });
    try {
      return await this.#answered();
    } finally {
      for (const done of forget) done();
    }
  }

  /** The property of a page that lists its items. */
  get itemsName(): string | undefined {
    return this.#engine.use(() => this.#raw.items_name());
  }

  /** Has `client` keep what it has learned of resources. */
  teach(client: RawClient): void {
    client.learn_from(this.#raw);
  }

  /** Forgets it, and whatever is under way for it. */
  end(): void {
    if (!this.#engine.hasFailed) this.#engine.use(() => this.#raw.end());
  }

  async #answered(): Promise<Reply | undefined> {
    for (;;) {
      this.#ending.signal.throwIfAborted();
      const step = this.#poll();
      if (step.kind === "needToken") await this.#bring(step.token, step.left);
      else if (step.kind === "rejected") this.#refused();
      else if (step.kind === "send") await this.#send(new Exchange(step.exchange));
      else if (step.kind === "wait") await this.#wait(step.atMost);
      else if (step.kind === "answer") return new Reply(this.#content(step.content, step.status), step.status, step.headers);
      else if (step.kind === "end") return undefined;
      else throw this.#failed(errorFrom(step.error));
    }
  }

  #poll(): Step {
    const { monotonic, unix } = now();
    return JSON.parse(this.#engine.use(() => this.#raw.poll(monotonic, unix))) as Step;
  }

  async #bring(kind: "identity" | "iam", left: number): Promise<void> {
    const { signal } = this.#ending;
    const slot = kind === "identity" ? kind : undefined;
    try {
      const ready = slot === undefined ? this.#driver.ready() : undefined;
      this.#used = ready ?? (await this.#driver.fetch(slot, { signal, timeout: left }));
    } catch (error) {
      // The call itself tells what that means for it.
      if (error instanceof DeadlineExceededError) return;
      throw error;
    }
    const { value, generation } = this.#used;
    const service = slot === undefined ? undefined : json("metadata", this.#driver.metadataService());
    const { monotonic, unix } = now();
    this.#engine.use(() => {
      if (service !== undefined) this.#raw.served_by(service);
      this.#raw.token(value, generation, monotonic, unix);
    });
  }

  #failed(error: TrustedProfileError): TrustedProfileError {
    return explained(error, troubleAsTold(this.#trouble, error.message));
  }

  #refused(): void {
    if (this.#used !== undefined && !this.#driver.isClosed) this.#driver.invalidate(this.#used);
  }

  async #send(exchange: Exchange): Promise<void> {
    const { signal } = this.#ending;
    let answer: Answer;
    try {
      answer = await this.#driver.send(exchange, signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#trouble = isTransportError(error) ? error : new TransportError("other", `the transport threw ${nameOf(error)}`);
      const { kind, detail, reusedConnection } = this.#trouble;
      return this.#fail(exchange.id, kind, detail, reusedConnection);
    }
    signal.throwIfAborted();
    this.#trouble = undefined;
    const { monotonic, unix } = now();
    try {
      const { status, lines, body } = outcome(answer);
      this.#engine.use(() => this.#raw.handle(exchange.id, status, lines, body, monotonic, unix));
    } catch (error) {
      if (this.#engine.hasFailed) throw error;
      this.#fail(exchange.id, "other", `it brought something that is not an outcome: ${wordsOf(error)}`, false);
    }
  }

  #fail(id: number, kind: string, detail: string, reusedConnection: boolean): void {
    const { monotonic, unix } = now();
    this.#engine.use(() => this.#raw.fail(id, kind, detail, reusedConnection, monotonic, unix));
  }

  #wait(atMost: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        forget();
        resolve();
      };
      const timer = setTimeout(done, Math.min(atMost, LONGEST_TIMER));
      const forget = onAbort(this.#ending.signal, done);
    });
  }

  #content(kind: "nothing" | "text" | "json", status: number): unknown {
    const text = this.#engine.use(() => this.#raw.take_content());
    if (kind !== "json" || text === undefined) return text;
    try {
      return JSON.parse(text);
    } catch (error) {
      // JSON to the core and not to this engine: nested deeper than it goes, say.
      const said = this.#engine.use(() => this.#raw.malformed(status, `JSON that JSON.parse refuses with a ${nameOf(error)}`));
      throw said === undefined ? error : errorFrom(JSON.parse(said));
    }
  }
}
