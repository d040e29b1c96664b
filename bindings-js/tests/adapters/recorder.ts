/** A server on loopback that writes down what it is sent, and answers as a test says. */

import { once } from "node:events";
import { type IncomingHttpHeaders, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CommonOptions, TokenProvider } from "trusted-profile";

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the server says. */
export interface Said {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A running server. */
export class Recorder {
  readonly received: Received[] = [];
  readonly #server;
  #url = "";

  private constructor(answer: (received: Received) => Said | PromiseLike<Said>) {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = "", url = "", headers } = request;
      const received = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
      this.received.push(received);
      const { status = 200, headers: own = {}, body = "" } = await answer(received);
      response.writeHead(status, { "content-type": "application/json", ...own }).end(body);
    });
  }

  /** Starts one on a port that is free. */
  static async start(answer: (received: Received) => Said | PromiseLike<Said> = () => ({})): Promise<Recorder> {
    const recorder = new Recorder(answer);
    recorder.#server.listen(0, "127.0.0.1");
    await once(recorder.#server, "listening");
    recorder.#url = `http://127.0.0.1:${(recorder.#server.address() as AddressInfo).port}`;
    return recorder;
  }

  get url(): string {
    return this.#url;
  }

  /** The header of every request, in the order of their arrival. */
  get authorizations(): Array<string | undefined> {
    return this.received.map((received) => received.headers.authorization);
  }

  /** Ends it, with all its connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

/** Refuses these tokens, and answers any other. */
export function refusing(tokens: readonly string[], status = 401, body = ""): (received: Received) => Said {
  return ({ headers }) => (tokens.some((token) => headers.authorization === `Bearer ${token}`) ? { status } : { body });
}

/** A provider whose tokens are `token-1`, `token-2` and so on. */
export function numbered(options: CommonOptions = {}): Promise<TokenProvider> {
  let last = 0;
  return TokenProvider.external(() => ({ accessToken: `token-${(last += 1)}`, expiresIn: 3600 }), options);
}
