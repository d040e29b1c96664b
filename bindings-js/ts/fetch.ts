/** The program's own requests, with a token. */

import type { AccessToken } from "./token.js";
import type { Fetch } from "./transport/transport.js";
import { invalid, rethrown } from "./wasm/border.js";
import type { Origins } from "#wasm/glue.js";
import { functions } from "./wasm/module.js";

/** Where tokens come from. */
export interface Tokens {
  token(patience?: { readonly signal?: AbortSignal }): Promise<AccessToken>;
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
  return async (input, init) => {
    const request = new Request(input, init);
    origins.check(request.url);
    const isRepeatable = !(init?.body instanceof ReadableStream) && !(input instanceof Request && input.body !== null && init?.body === undefined);
    const spare = isRepeatable ? request.clone() : undefined;
    const token = await tokens.token({ signal: request.signal });
    const response = await fetch()(withToken(request, token));
    // After a redirect it is somebody else who refuses, perhaps for lack of the token that did not come along.
    if (response.status !== 401 || spare === undefined || response.redirected) return response;
    tokens.invalidate(token);
    const newer = await tokens.token({ signal: request.signal }).catch(() => token);
    if (newer.value === token.value) return response;
    await response.body?.cancel();
    return fetch()(withToken(spare, newer));
  };
}

function withToken(request: Request, token: AccessToken): Request {
  request.headers.set("authorization", token.authorization);
  return request;
}
