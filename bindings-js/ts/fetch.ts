/** The program's own requests, with a token. */

import type { AccessToken } from "./token.js";
import type { Fetch } from "./transport/transport.js";
import { invalid, rethrown } from "./wasm/border.js";
import type { Origins } from "#wasm/glue.js";
import { functions } from "./wasm/module.js";

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
    if (!Array.isArray(names)) throw invalid(`allowedOrigins: expected a list of origins, got ${typeof names}`);
    this.#names = names;
    if (names.length > 0) this.#origins = made(names);
  }

  /** @throws InvalidArgumentError - when the token may not go there. */
  check(url: string): void {
    if (this.#origins?.allows(url) === true) return;
    const { origin } = new URL(url);
    const allowed = this.#names.length === 0 ? "none was named" : `allowed: ${this.#names.join(", ")}`;
    throw invalid(`allowedOrigins: a request to ${origin} would take the token to an origin that is not allowed (${allowed})`);
  }
}

function made(names: readonly string[]): Origins {
  try {
    return new (functions().Origins)(names.join("\n"));
  } catch (error) {
    throw rethrown(error);
  }
}

/** A `fetch` that adds the token where it may go, and replaces one that was refused, once. */
export function authorizing(tokens: Tokens, allowedOrigins: readonly string[], fetch: () => Fetch): Fetch {
  const origins = new AllowedOrigins(allowedOrigins);
  return async (input, init = {}) => {
    const given = isRequest(input) ? input : undefined;
    origins.check(given?.url ?? new URL(String(input), globalThis.location?.href).href);
    const patience = { signal: init.signal ?? given?.signal };
    // A body is gone once it is sent, unless it is held by whoever gave it.
    const spare = given !== undefined && given.body !== null && init.body === undefined ? given.clone() : input;
    const token = await tokens.token(patience);
    const response = await fetch()(input, withToken(given, init, token));
    // After a redirect it is somebody else who refuses, perhaps for lack of the token that did not come along.
    if (response.status !== 401 || response.redirected || init.body instanceof ReadableStream) return response;
    tokens.invalidate(token);
    const newer = await tokens.token(patience).catch(() => token);
    if (newer.value === token.value) return response;
    await response.body?.cancel();
    return fetch()(spare, withToken(given, init, newer));
  };
}

/** Also one of another `fetch` than the platform's. */
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === "object" && "url" in input;
}

/** As plain an object as can be, which every `fetch` understands. */
function withToken(request: Request | undefined, init: RequestInit, token: AccessToken): RequestInit {
  const headers = new Headers(init.headers ?? request?.headers);
  headers.set("authorization", token.authorization);
  return { ...init, headers: Object.fromEntries(headers) };
}
