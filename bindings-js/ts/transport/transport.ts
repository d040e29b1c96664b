/** What brings answers. */

import type { Answer, Exchange } from "../action.js";

/**
 * Sends a request and returns its whole answer, or throws a `TransportError`. It follows no redirect, stops reading
 * after `exchange.maxResponseBytes`, ends by `exchange.timeout`, and uses the proxies that `exchange.network` allows.
 * `signal` says that nobody wants the answer any more.
 */
export type Transport = (exchange: Exchange, signal: AbortSignal) => Promise<Answer>;

/** The `fetch` of the platform, or one like it. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
