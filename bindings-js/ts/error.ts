/** The base of all errors. */

import type { ErrorCode } from "./errors.js";
import { camel } from "./wasm/spelling.js";

/** What the service itself said. */
export interface ServiceFacts {
  /** Its own code, such as `BXNIM0415E`. */
  readonly code: string | null;
  /** In its words. */
  readonly message: string | null;
  /** Further words. */
  readonly details: string | null;
  /** The field or header that it complains of. */
  readonly target: string | null;
  /** What its operators find the request by. */
  readonly trace: string | null;
  /** The beginning of an answer that says none of these. */
  readonly excerpt: string | null;
  /** Whether the answer was a web page: then something else answered in the service's place. */
  readonly isHtml: boolean;
}

/** A likely cause and what to do about it. */
export interface Cause {
  readonly cause: string;
  readonly fix: string;
}

/** Which side has to act. */
export type ErrorKind = "configuration" | "local" | "unreachable" | "refused" | "service" | "internal";

/** Everything that an error knows. Times are in milliseconds. */
export interface ErrorFacts {
  readonly code: ErrorCode | (string & {});
  readonly kind: ErrorKind;
  readonly message: string;
  readonly text: string;
  readonly status: number | null;
  readonly service: ServiceFacts | null;
  readonly transient: boolean;
  readonly attempts: number;
  readonly elapsedMs: number;
  readonly retryAfterMs: number | null;
  readonly causes: readonly Cause[];
  readonly notes: readonly string[];
}

/**
 * Why there is no token. `message` shows all of it, with the likely causes and their fixes; it holds no secret.
 *
 * Each error code has a class of its own, such as {@link ProfileNotLinkedError}.
 */
export class TrustedProfileError extends Error {
  readonly #facts: ErrorFacts;
  /** That of the class, such as `ProfileNotLinkedError`. */
  override readonly name: string;

  /** @internal */
  constructor(facts: ErrorFacts, options?: ErrorOptions) {
    super(facts.text, options);
    this.#facts = facts;
    this.name = `${camel(`_${facts.code}`)}Error`;
  }

  /** What went wrong, as every language spells it, such as `profile_not_linked`. */
  get code(): ErrorCode | (string & {}) {
    return this.#facts.code;
  }

  /** What went wrong, in one sentence. */
  get summary(): string {
    return this.#facts.message;
  }

  /** Which side has to act. */
  get kind(): ErrorKind {
    return this.#facts.kind;
  }

  /** The HTTP status, if an answer came. */
  get status(): number | undefined {
    return this.#facts.status ?? undefined;
  }

  /** What the service itself said. */
  get service(): ServiceFacts | undefined {
    return this.#facts.service ?? undefined;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get transient(): boolean {
    return this.#facts.transient;
  }

  /** How many requests the failed round sent for this step. */
  get attempts(): number {
    return this.#facts.attempts;
  }

  /** How long the failed round took, in milliseconds. */
  get elapsed(): number {
    return this.#facts.elapsedMs;
  }

  /** What the service asked for in `Retry-After`, in milliseconds. */
  get retryAfter(): number | undefined {
    return this.#facts.retryAfterMs ?? undefined;
  }

  /** The likely causes, most likely first. */
  get causes(): readonly Cause[] {
    return this.#facts.causes;
  }

  /** Further facts of this very case, such as the paths tried. */
  get notes(): readonly string[] {
    return this.#facts.notes;
  }

  /** Everything that it knows, for structured logs. Holds no secret. */
  toJSON(): ErrorFacts {
    return this.#facts;
  }
}
