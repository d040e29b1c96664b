/** Tokens as programs get them. Their text is in two properties and nowhere else. */

import { NEVER, type Now } from "./clocks.js";
import { claims } from "./wasm/claims.js";

/**
 * The step of the chain that a token belongs to: `identity` is the token of the metadata service for this machine, `iam` the
 * IAM token made of it, of a pod's token, an API key or a callback, and `assumed` that of the profile which `assume` adds.
 */
export type Slot = "identity" | "iam" | "assumed";

/** A token as the machine describes it. */
export interface TokenFacts {
  readonly value: string;
  readonly slot: Slot;
  readonly generation: number;
  readonly expiresAt: Now | null;
  readonly usableUntil: Now | null;
  readonly refreshAt: Now | null;
}

/**
 * An IAM access token. Its text is {@link value}, and {@link authorization} is the header that carries it. Logs,
 * `JSON.stringify` and `util.inspect` show neither, and putting the token itself into a text is a `TypeError`.
 */
export class AccessToken {
  readonly #value: string;
  /** The step of the chain that it belongs to. */
  readonly slot: Slot;
  /** Which of the tokens of its step this is, counted from 1. */
  readonly generation: number;
  /** When the token ends; undefined where nobody knows. */
  readonly expiresAt: Date | undefined;
  /** The token is not to be used once either clock has reached this. */
  readonly usableUntil: Now;
  /** The machine is to be asked again once either clock has reached this. */
  readonly refreshAt: Now;

  /** @internal */
  constructor(facts: TokenFacts) {
    this.#value = facts.value;
    this.slot = facts.slot;
    this.generation = facts.generation;
    this.expiresAt = facts.expiresAt === null ? undefined : new Date(facts.expiresAt.unix);
    this.usableUntil = facts.usableUntil ?? NEVER;
    this.refreshAt = facts.refreshAt ?? NEVER;
    // Shared by everybody who asks for it, and what the provider goes by.
    Object.freeze(this.usableUntil);
    Object.freeze(this.refreshAt);
    Object.freeze(this);
  }

  /** The token's text, for the one place that sends it. */
  get value(): string {
    return this.#value;
  }

  /** `Bearer <token>`, the value of the `Authorization` header. */
  get authorization(): string {
    return `Bearer ${this.#value}`;
  }

  /** What the token says about itself, if it is a JWT. Nothing is verified: not for decisions about trust. */
  unverifiedClaims(): Record<string, unknown> | undefined {
    return claims(this.#value);
  }

  /** Without the token's text. */
  toString(): string {
    return `AccessToken ${this.slot}, generation ${this.generation}`;
  }

  /** Without the token's text. */
  toJSON(): string {
    return this.toString();
  }

  /** So that a token does not end up in a log or, spelled out wrongly, in a header. */
  [Symbol.toPrimitive](): never {
    throw new TypeError("an AccessToken is not text: use .authorization for the header, or .value");
  }

  /** For Node's `util.inspect`. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `<${this.toString()}>`;
  }
}

/** What the callback of the `external` source returns. */
export interface ExternalToken {
  /** The token's text. */
  readonly accessToken: string;
  /** Its remaining life in **seconds**, as OAuth counts it. */
  readonly expiresIn: number;
}
