/** The token that was handed out last. */

import { isBefore, type Now } from "./clocks.js";
import type { AccessToken } from "./token.js";

/** What is looked at of a token. */
export type Kept = Pick<AccessToken, "slot" | "generation" | "value" | "usableUntil" | "refreshAt">;

/** Saves asking the machine for what it would only say again. */
export class Held<T extends Kept = AccessToken> {
  #token: T | undefined;
  #isFresh = false;

  /** The token that need neither be refreshed nor replaced: two comparisons. */
  ready(at: Now): T | undefined {
    const token = this.#token;
    return this.#isFresh && token !== undefined && isBefore(at, token.refreshAt) ? token : undefined;
  }

  /** The token, as long as it can be used at all. */
  usable(at: Now): T | undefined {
    const token = this.#token;
    return token !== undefined && isBefore(at, token.usableUntil) ? token : undefined;
  }

  /** Whether it is this very token. */
  is({ slot, generation, value }: T): boolean {
    const token = this.#token;
    return token?.slot === slot && token.generation === generation && token.value === value;
  }

  /** What the machine returned. For as long as it returns the same, it is the same object. */
  keep(token: T): T {
    const isSame = this.is(token) && this.#token?.refreshAt.monotonic === token.refreshAt.monotonic;
    if (!isSame) this.#token = token;
    this.#isFresh = true;
    return this.#token as T;
  }

  /** Something was reported: the machine is to be asked again. */
  outdate(): void {
    this.#isFresh = false;
  }

  /** The machine has it no more. */
  drop(): void {
    this.#token = undefined;
    this.#isFresh = false;
  }
}
