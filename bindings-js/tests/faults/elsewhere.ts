/** A host that nothing of a program's should reach, or a proxy: it records who came, and invents a token. */

import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

export const INVENTED = "invented-by-somebody-else";
const ANSWER = JSON.stringify({ access_token: INVENTED, token_type: "Bearer", expires_in: 3600, expiration: 4_070_908_800 });

/** A request as it arrived. `target` is a path, a whole address, or `host:port` for tunnels. */
export interface Arrived {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Another host. */
export class Elsewhere {
  readonly recorded: Arrived[] = [];
  readonly #server: Server;

  private constructor() {
    const record = ({ method = "", url = "", headers }: IncomingMessage): number => this.recorded.push({ method, target: url, headers });
    this.#server = createServer((request, response: ServerResponse) => {
      record(request);
      request.resume();
      response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
    });
    this.#server.on("connect", (request, socket) => {
      record(request);
      // No tunnel: what matters is that it was asked for.
      socket.on("error", () => undefined).end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    });
  }

  /** Listens on `address`. */
  static async start(address = "127.0.0.1"): Promise<Elsewhere> {
    const elsewhere = new Elsewhere();
    elsewhere.#server.listen(0, address);
    await once(elsewhere.#server, "listening");
    return elsewhere;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
