/** Bodies with an end. */

import { TransportError } from "../action.js";

/** Collects chunks up to a limit. */
export class Body {
  readonly #limit: number;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws TransportError - when it gets too large. */
  add(chunk: Uint8Array): void {
    this.#length += chunk.length;
    if (this.#length > this.#limit) throw new TransportError("too_large", `more than ${this.#limit} bytes`);
    this.#chunks.push(chunk);
  }

  /** All of it. */
  whole(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }
}
