/** What the machine asks for, and what it is told. */

import type { TrustedProfileError } from "./error.js";
import type { AccessToken } from "./token.js";

/** Which proxies a request may take: `link_local` none ever, `private` none of the environment. */
export type Network = "link_local" | "private" | "public";

/** A request as the machine describes it. */
export interface ExchangeFacts {
  readonly id: number;
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: string;
  readonly connectTimeout: number;
  readonly timeout: number;
  readonly maxResponseBytes: number;
  readonly network: Network;
}

/** A request to send, and the limits it is sent under. Logs show neither headers nor body. */
export class Exchange {
  readonly #headers: ReadonlyArray<readonly [string, string]>;
  readonly #body: string;
  /** Goes back to the machine with the outcome. */
  readonly id: number;
  /** The HTTP method. */
  readonly method: string;
  /** The whole address. Holds no secret. */
  readonly url: string;
  /** Milliseconds to connect, TLS not included. */
  readonly connectTimeout: number;
  /** Milliseconds to the last byte of the answer. */
  readonly timeout: number;
  /** The longest answer, in bytes, after decoding. */
  readonly maxResponseBytes: number;
  /** `link_local`: never a proxy; `private`: none of the environment; `public`: those of the environment. */
  readonly network: Network;

  /** @internal */
  constructor(facts: ExchangeFacts) {
    this.#headers = facts.headers;
    this.#body = facts.body;
    this.id = facts.id;
    this.method = facts.method;
    this.url = facts.url;
    this.connectTimeout = facts.connectTimeout;
    this.timeout = facts.timeout;
    this.maxResponseBytes = facts.maxResponseBytes;
    this.network = facts.network;
  }

  /** Names in lower case with their values, in the order to send them. They hold credentials. */
  get headers(): ReadonlyArray<readonly [string, string]> {
    return this.#headers;
  }

  /** The body; empty means none. It may hold credentials. */
  get body(): string {
    return this.#body;
  }
}

/** An answer: its status, headers as pairs of name and value, and the whole body. */
export interface Answer {
  readonly status: number;
  readonly headers?: Iterable<readonly [string, string]>;
  readonly body?: Uint8Array;
}

/** Why no answer came; it decides about trying again. */
export type FailureKind =
  | "dns"
  | "refused"
  | "unreachable"
  | "connect_timeout"
  | "read_timeout"
  | "proxy"
  | "tls_expired"
  | "tls_name"
  | "tls_unknown_issuer"
  | "tls"
  | "redirect"
  | "interrupted"
  | "too_large"
  | "other";

/** What a transport throws when no answer came. `detail` is shown in errors and must hold no secret. */
export class TransportError extends Error {
  override readonly name: string = "TransportError";
  /** Why. */
  readonly kind: FailureKind;
  /** In words, for people. */
  readonly detail: string;
  /** Whether the connection had served an earlier request. */
  readonly reusedConnection: boolean;

  /**
   * Why no answer came, with words for people.
   *
   * @param options - `reusedConnection`: whether the connection had served an earlier request.
   */
  constructor(kind: FailureKind, detail = "", options: { readonly reusedConnection?: boolean; readonly cause?: unknown } = {}) {
    super(detail === "" ? kind : `${kind}: ${detail}`, "cause" in options ? { cause: options.cause } : undefined);
    this.kind = kind;
    this.detail = detail;
    this.reusedConnection = options.reusedConnection ?? false;
  }
}

/** Why a file did not serve. */
export type FileProblem = "not_found" | "empty" | "denied" | "too_large" | "not_text";

/** What a file holds, or why it did not serve. */
export type FileRead =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly problem: FileProblem };

/** What to do next. Times are in milliseconds. */
export type Action =
  /** There is a token. */
  | { readonly kind: "ready"; readonly token: AccessToken }
  /** Send this in a unit of work of its own; then `handle` its answer, or `fail` it. */
  | { readonly kind: "send"; readonly exchange: Exchange }
  /** Read these files in order until one holds something; then `provideFiles`. */
  | { readonly kind: "needFiles"; readonly id: number; readonly paths: readonly string[]; readonly maxBytes: number }
  /** Call the program's token callback; then `provideToken` or `provideFailure`. */
  | { readonly kind: "needToken"; readonly id: number; readonly timeout: number }
  /** Wait to be woken, but no longer than this, then poll again. */
  | { readonly kind: "wait"; readonly atMost: number }
  /** There is no token. */
  | { readonly kind: "failed"; readonly error: TrustedProfileError };

/** What a unit of work does. */
export type Work = Extract<Action, { kind: "send" | "needFiles" | "needToken" }>;
