/** The program's own requests, with a token. */

import { TrustedProfileError } from "./error.js";
import type { AccessToken } from "./token.js";
import type { Fetch } from "./transport/transport.js";
import { kindOf, texts } from "./wasm/arguments.js";
import { invalid, local, rethrown } from "./wasm/border.js";
import type { Origins } from "#wasm/glue.js";
import { forgetFunctions, functions } from "./wasm/module.js";

/** Where tokens come from: a provider, or whatever does the same. */
export interface Tokens {
  /** A token that is usable now. */
  token(patience?: { readonly signal?: AbortSignal | undefined }): Promise<AccessToken>;
  /** A service refused this token with 401. */
  invalidate(token: AccessToken): void;
}

/** The origins that may see a token. */
export class AllowedOrigins {
  readonly #names: readonly string[];
  #origins: Origins | undefined;

  /** @throws InvalidArgumentError - when one of them cannot be used. */
  constructor(names: readonly string[]) {
    if (!Array.isArray(names)) throw invalid(`allowedOrigins: expected a list of origins, got ${kindOf(names)}`);
    this.#names = [...names];
    for (const name of this.#names) texts({ allowedOrigins: name });
    if (this.#names.some((name) => name === "" || /[\r\n]/.test(name))) throw invalid("allowedOrigins: expected origins, each a text of its own");
    if (this.#names.length > 0) this.#origins = made(this.#names);
  }

  /**
   * Looks at the address that is sent to, and at the text it was read from if that names an origin: what parsers could
   * read differently is none.
   *
   * @throws InvalidArgumentError - when the token may not go there.
   */
  check(url: string, text: unknown = url): void {
    const isWhole = typeof text === "string" && namesOrigin(text);
    if (this.#allow(url) && (!isWhole || this.#allow(text))) return;
    const { origin } = new URL(url);
    const allowed = this.#names.length === 0 ? "none was named" : `allowed: ${this.#names.join(", ")}`;
    const where = this.#allow(url) ? `${origin}, if that is what its address means,` : origin;
    throw invalid(`allowedOrigins: a request to ${where} would take the token to an origin that is not allowed (${allowed})`);
  }

  #allow(url: string): boolean {
    if (this.#names.length === 0) return false;
    try {
      return (this.#origins ??= made(this.#names)).allows(url);
    } catch (error) {
      this.#origins = undefined;
      throw error instanceof TrustedProfileError ? error : failed(error);
    }
  }
}

/** Whether it is an address by itself, not one on this page. */
function namesOrigin(text: string): boolean {
  try {
    return new URL(text).href !== "";
  } catch {
    return false;
  }
}

function made(names: readonly string[]): Origins {
  try {
    return new (functions().Origins)(names.join("\n"));
  } catch (error) {
    throw typeof error === "string" ? rethrown(error) : failed(error);
  }
}

function failed(cause: unknown): TrustedProfileError {
  forgetFunctions();
  return local("internal", "the check of origins failed; the next one begins anew. Please report this", { cause });
}

/** A `fetch` that adds the token where it may go, and replaces one that was refused, once. */
export function authorizing(tokens: Tokens, allowedOrigins: readonly string[], fetch: () => Fetch): Fetch {
  const origins = new AllowedOrigins(allowedOrigins);
  return async (input, init = {}) => {
    const given = isRequest(input) ? input : undefined;
    const url = given?.url ?? new URL(String(input), globalThis.document?.baseURI ?? globalThis.location?.href).href;
    origins.check(url, input);
    // As it is now: a program could make another address or request of it while a token is fetched.
    const options = { ...init };
    const patience = { signal: (options.signal === undefined ? given?.signal : options.signal) ?? undefined };
    // The body of a Request is gone once it is sent, and may be too large to be held.
    const isBodyGiven = (given?.body ?? null) !== null && (options.body ?? null) === null;
    const token = await tokens.token(patience);
    const response = await fetch()(given ?? url, withToken(given, options, token));
    // After a redirect it is somebody else who refuses, perhaps for lack of the token that did not come along.
    if (response.status !== 401 || response.redirected || isBodyGiven || !isRepeatable(options.body)) return response;
    tokens.invalidate(token);
    const newer = await tokens.token(patience).catch(() => token);
    patience.signal?.throwIfAborted();
    if (newer.value === token.value) return response;
    // Or the connection would stay open until it is collected.
    response.body?.cancel().catch(() => undefined);
    return fetch()(given ?? url, withToken(given, options, newer));
  };
}

/** Also one of another `fetch` than the platform's. */
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === "object" && input !== null && "url" in input;
}

/** Whether a body can be read once more: not a stream, nor what else some `fetch` may take. */
function isRepeatable(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === "string" || ArrayBuffer.isView(body)) return true;
  return [URLSearchParams, Blob, FormData, ArrayBuffer].some((kind) => body instanceof kind);
}

/** As plain an object as can be, which every `fetch` understands. */
function withToken(request: Request | undefined, init: RequestInit, token: AccessToken): RequestInit {
  const headers = new Headers(init.headers ?? request?.headers);
  headers.set("authorization", token.authorization);
  return { ...init, headers: Object.fromEntries(headers) };
}
