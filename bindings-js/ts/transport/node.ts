/** Node's own HTTP, with agents of our own: what the program or its environment set for proxies does not concern them. */

import * as http from "node:http";
import * as https from "node:https";
import * as zlib from "node:zlib";
import { type Answer, type Exchange, TransportError } from "../action.js";
import { Body } from "./body.js";
import { within } from "./deadline.js";
import { failureOf } from "./failure.js";
import type { Transport } from "./transport.js";

/** A transport that never takes a proxy, and what closes its connections. */
export interface DirectTransport {
  readonly send: Transport;
  close(): void;
}

/** @param ca - certificates of further authorities, as PEM, beside those that Node knows. */
export function directTransport(ca: readonly string[] | undefined): DirectTransport {
  const options = { keepAlive: true, maxSockets: 8 };
  const plain = new http.Agent(options);
  // Explicitly, since NODE_TLS_REJECT_UNAUTHORIZED would change the default.
  const secure = new https.Agent({ ...options, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca: [...ca] }) });
  return {
    send: async (exchange, signal) => {
      const late = (): TransportError => new TransportError("read_timeout", `no answer within ${exchange.timeout} ms`);
      try {
        return await within(exchange.timeout, signal, (inner) => exchanged(exchange, inner, plain, secure), late);
      } catch (error) {
        throw failureOf(error);
      }
    },
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

function exchanged(exchange: Exchange, signal: AbortSignal, plain: http.Agent, secure: https.Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isSecure = exchange.url.startsWith("https:");
    const options = {
      method: exchange.method,
      headers: { "accept-encoding": "gzip", ...Object.fromEntries(exchange.headers), "content-length": Buffer.byteLength(exchange.body) },
      signal,
    };
    const request = isSecure
      ? https.request(exchange.url, { ...options, agent: secure })
      : http.request(exchange.url, { ...options, agent: plain });
    limitConnecting(request, exchange.connectTimeout, reject);
    request.on("error", (error) => reject(failureOf(error, request.reusedSocket)));
    request.on("response", (response) => {
      read(response, exchange.maxResponseBytes).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: pairs(response.rawHeaders), body }),
        (error: unknown) => {
          request.destroy();
          reject(failureOf(error));
        },
      );
    });
    request.end(exchange.body);
  });
}

/** TLS is not part of connecting; a socket that is used again is connected already. */
function limitConnecting(request: http.ClientRequest, timeout: number, reject: (error: unknown) => void): void {
  request.on("socket", (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => {
      const late = new TransportError("connect_timeout", `not connected within ${timeout} ms`);
      reject(late);
      request.destroy(late);
    }, timeout);
    const stop = (): void => clearTimeout(timer);
    socket.once("connect", stop).once("close", stop).once("error", stop);
  });
}

async function read(response: http.IncomingMessage, limit: number): Promise<Uint8Array> {
  const body = new Body(limit);
  for await (const chunk of decoded(response)) body.add(chunk as Uint8Array);
  if (!response.complete) throw new TransportError("interrupted", "the connection ended in the middle of the answer");
  return body.whole();
}

/** Some services compress whether they were asked to or not. */
function decoded(response: http.IncomingMessage): AsyncIterable<unknown> {
  const encoding = response.headers["content-encoding"]?.trim().toLowerCase();
  const inflater = encoding === "gzip" || encoding === "x-gzip" ? zlib.createGunzip() : encoding === "deflate" ? zlib.createInflate() : undefined;
  if (inflater === undefined) return response;
  // `pipe` passes no errors on.
  response.on("error", (error) => inflater.destroy(error)).on("aborted", () => inflater.destroy(interrupted()));
  return response.pipe(inflater);
}

function interrupted(): TransportError {
  return new TransportError("interrupted", "the connection ended in the middle of the answer");
}

function pairs(raw: readonly string[]): Array<readonly [string, string]> {
  const pairs: Array<readonly [string, string]> = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] as string, raw[at + 1] as string]);
  return pairs;
}
