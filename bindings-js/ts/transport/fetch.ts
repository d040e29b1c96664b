/** A transport of any `fetch`. */

import { type Answer, type Exchange, TransportError } from "../action.js";
import { Body } from "./body.js";
import { within } from "./deadline.js";
import type { Fetch, Transport } from "./transport.js";

/**
 * A transport that sends with `fetch`, which is asked for when something is sent: programs replace it.
 *
 * @param failureOf - what an error of this `fetch` means.
 */
export function fetchTransport(fetch: () => Fetch, failureOf: (error: unknown) => TransportError): Transport {
  return async (exchange, signal) => {
    const late = (): TransportError => new TransportError("read_timeout", `no answer within ${exchange.timeout} ms`);
    try {
      return await within(exchange.timeout, signal, (inner) => send(fetch(), exchange, inner), late);
    } catch (error) {
      throw error instanceof TransportError ? error : failureOf(error);
    }
  };
}

async function send(fetch: Fetch, exchange: Exchange, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(exchange.url, {
    method: exchange.method,
    headers: exchange.headers.map(([name, value]): [string, string] => [name, value]),
    ...(exchange.body === "" ? {} : { body: exchange.body }),
    // What was sent with a secret is not remembered, not taken elsewhere, and takes nothing along.
    redirect: "manual",
    cache: "no-store",
    credentials: "omit",
    referrerPolicy: "no-referrer",
    signal,
  });
  // In a page it does not say where to; another `fetch` may have followed it all the same.
  if (response.type === "opaqueredirect" || response.redirected) throw new TransportError("redirect", "to an address that is not told");
  return { status: response.status, headers: response.headers, body: await read(response, exchange.maxResponseBytes) };
}

async function read(response: Response, limit: number): Promise<Uint8Array> {
  const body = new Body(limit);
  if (response.body === null) return body.whole();
  // Some have Node's streams for bodies. Leaving the loop early closes them.
  if (typeof response.body.getReader !== "function") {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) body.add(chunk);
    return body.whole();
  }
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) body.add(chunk.value);
  } catch (error) {
    // Or the connection would stay open until it is collected.
    reader.cancel().catch(() => undefined);
    throw error;
  }
  return body.whole();
}
