/** Node's own HTTP, with agents of our own: what the program or its environment set for proxies does not concern them. */

import type * as http from "node:http";
import { urlToHttpOptions } from "node:url";
import type * as zlib from "node:zlib";
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

/** What sends in one scheme. Made for its first request, since loading the modules takes a while. */
interface Client {
  /** Not `request`: programs and libraries replace that by one that takes another agent. */
  readonly Request: typeof http.ClientRequest;
  readonly agent: http.Agent;
  readonly zlib: typeof zlib;
}

/** How far a request has come. What nothing was sent for cannot have been done, and may be asked for again. */
interface Way {
  isOpen: boolean;
}

/** @param ca - certificates of further authorities, as PEM, beside those that Node knows. */
export function directTransport(ca: readonly string[] | undefined): DirectTransport {
  const made = new Map<string, Promise<Client>>();
  return {
    send: async (exchange, signal) => {
      const scheme = exchange.url.startsWith("https:") ? "https" : "http";
      const client = made.get(scheme) ?? (scheme === "https" ? secure(ca) : plain());
      made.set(scheme, client);
      const way: Way = { isOpen: false };
      try {
        return await within(exchange.timeout, signal, async (inner) => exchanged(exchange, inner, await client, way), () => tooLate(exchange, way));
      } catch (error) {
        throw failureOf(error);
      }
    },
    close: () => {
      for (const client of made.values()) client.then(({ agent }) => agent.destroy(), () => undefined);
    },
  };
}

function tooLate({ timeout }: Exchange, { isOpen }: Way): TransportError {
  return isOpen ? new TransportError("read_timeout", `no answer within ${timeout} ms`) : notConnected(timeout);
}

function notConnected(timeout: number): TransportError {
  return new TransportError("connect_timeout", `not connected within ${timeout} ms`);
}

/** As many connections as there are requests: none, a token's least of all, waits for the answer to another one. */
const OPTIONS = { keepAlive: true };

async function plain(): Promise<Client> {
  const { Agent, ClientRequest } = await import("node:http");
  return { Request: ClientRequest, agent: new Agent(OPTIONS), zlib: await import("node:zlib") };
}

async function secure(ca: readonly string[] | undefined): Promise<Client> {
  const { Agent } = await import("node:https");
  const known = ca === undefined ? {} : { ca: [...(await trusted()), ...ca] };
  // Explicitly, since NODE_TLS_REJECT_UNAUTHORIZED would change the default.
  return { ...(await plain()), agent: new Agent({ ...OPTIONS, rejectUnauthorized: true, ...known }) };
}

/** What Node trusts by itself: with certificates of our own it would trust those alone. */
async function trusted(): Promise<string[]> {
  const tls = (await import("node:tls")) as typeof import("node:tls") & { getCACertificates?: (kind: "default") => string[] };
  if (tls.getCACertificates !== undefined) return tls.getCACertificates("default");
  const extra = process.env["NODE_EXTRA_CA_CERTS"] ?? "";
  // A file that cannot be read is warned of by Node itself.
  const further = extra === "" ? [] : await (await import("node:fs/promises")).readFile(extra, "utf8").then((text) => [text], () => []);
  return [...tls.rootCertificates, ...further];
}

function exchanged(exchange: Exchange, signal: AbortSignal, { Request, agent, zlib }: Client, way: Way): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { "accept-encoding": "gzip", ...Object.fromEntries(exchange.headers), "content-length": Buffer.byteLength(exchange.body) };
    const request = new Request({ ...urlToHttpOptions(new URL(exchange.url)), method: exchange.method, headers, signal, agent });
    limitConnecting(request, exchange.connectTimeout, way, reject);
    request.on("error", (error) => reject(failureOf(error, request.reusedSocket)));
    request.on("response", (response) => {
      read(response, exchange.maxResponseBytes, zlib).then(
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
function limitConnecting(request: http.ClientRequest, timeout: number, way: Way, reject: (error: unknown) => void): void {
  request.on("socket", (socket) => {
    way.isOpen = !socket.connecting;
    if (way.isOpen) return;
    const timer = setTimeout(() => {
      const late = notConnected(timeout);
      reject(late);
      request.destroy(late);
    }, timeout);
    const stop = (): void => clearTimeout(timer);
    socket.once("connect", () => (way.isOpen = true)).once("connect", stop).once("close", stop).once("error", stop);
  });
}

async function read(response: http.IncomingMessage, limit: number, inflaters: typeof zlib): Promise<Uint8Array> {
  const body = new Body(limit);
  for await (const chunk of decoded(response, inflaters)) body.add(chunk as Uint8Array);
  if (!response.complete) throw new TransportError("interrupted", "the connection ended in the middle of the answer");
  return body.whole();
}

/** Some services compress whether they were asked to or not. */
function decoded(response: http.IncomingMessage, inflaters: typeof zlib): AsyncIterable<unknown> {
  const encoding = response.headers["content-encoding"]?.trim().toLowerCase();
  const isGzip = encoding === "gzip" || encoding === "x-gzip";
  const inflater = isGzip ? inflaters.createGunzip() : encoding === "deflate" ? inflaters.createInflate() : undefined;
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
