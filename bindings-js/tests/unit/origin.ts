/** A server of one origin on this machine. */

import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** What arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What is answered: a status, headers and a text; undefined for no answer. */
export type Answering = (arrived: Arrived) => { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } | undefined;

/** A server, its origin, and what arrived there. */
export interface OriginServer {
  readonly origin: string;
  readonly arrived: Arrived[];
}

/** Starts one that lives as long as the test. */
export async function serving(t: TestContext, answering: Answering = () => ({ status: 200 }), address = "127.0.0.1"): Promise<OriginServer> {
  const arrived: Arrived[] = [];
  const server = createServer(async (request, response) => {
    const one = { method: request.method ?? "", path: request.url ?? "", authorization: request.headers.authorization, body: await bodyOf(request) };
    arrived.push(one);
    const answer = answering(one);
    if (answer === undefined) return;
    const { status, headers = {}, body = "" } = answer;
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, address);
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://${address}:${(server.address() as AddressInfo).port}`, arrived };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
