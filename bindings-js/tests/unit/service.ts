/** IAM as a function: a `fetch` whose requests wait until the test answers them. */

/** A request that waits for its answer. */
export interface Asked {
  readonly url: string;
  readonly init: RequestInit;
  /** Answers with a token and its life in seconds. */
  grant(token: string, expiresIn?: number): void;
  /** Answers with something else. */
  answer(status: number, body?: string, headers?: Record<string, string>): void;
  /** Brings no answer. */
  fail(error: unknown): void;
}

/** Gives out its requests in order. */
export class Service {
  readonly #asked: Asked[] = [];
  readonly #takers: Array<(asked: Asked) => void> = [];
  /** How many requests came. */
  count = 0;

  readonly fetch = (input: string | URL | Request, init: RequestInit = {}): Promise<Response> =>
    new Promise((resolve, reject) => {
      this.count += 1;
      const answer: Asked["answer"] = (status, body = "", headers = {}) => resolve(new Response(body, { status, headers }));
      const asked: Asked = {
        url: String(input),
        init,
        answer,
        grant: (token, expiresIn = 3600) => answer(200, JSON.stringify({ access_token: token, expires_in: expiresIn })),
        fail: reject,
      };
      init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      const taker = this.#takers.shift();
      if (taker === undefined) this.#asked.push(asked);
      else taker(asked);
    });

  /** The next request, when it comes. */
  next(): Promise<Asked> {
    const asked = this.#asked.shift();
    return asked === undefined ? new Promise((resolve) => this.#takers.push(resolve)) : Promise.resolve(asked);
  }
}
