/** A cached token is handed out without asking the machine. It has to be the one that the machine would give. */

import type { AccessToken, Now } from "trusted-profile";
import type { Action, Ticket, TokenManager } from "trusted-profile/sansio";
import { Held } from "../../ts/held.js";
import { Difference, same } from "../difference.js";

/** Polls for the last slot as a provider does, and looks at the token that it holds before and after. */
export class FastPath {
  readonly #machine: Pick<TokenManager, "poll">;
  readonly #held = new Held<AccessToken>();
  /** How often the token was there without a poll. */
  hits = 0;

  constructor(machine: Pick<TokenManager, "poll">) {
    this.#machine = machine;
  }

  /** What the machine returns. */
  poll(ticket: Ticket, now: Now): Action {
    const ready = this.#held.ready(now);
    const usable = this.#held.usable(now);
    const action = this.#machine.poll(ticket, undefined, now);
    const token = action.kind === "ready" ? action.token : undefined;
    if (ready !== undefined) {
      this.hits += 1;
      same("the token that was ready", facts(token), facts(ready));
    }
    if (usable !== undefined && token === undefined) throw new Difference("there was a token to peek at that the machine has no more");
    if (token === undefined) return action;
    same("the token that is kept", facts(token), facts(this.#held.keep(token)));
    same("the token that is ready now", facts(hasCome(token.refreshAt, now) ? undefined : token), facts(this.#held.ready(now)));
    return action;
  }

  /** Something was reported. */
  reported(): void {
    this.#held.outdate();
  }

  /** A service refused a token, and the machine dropped it. */
  dropped(): void {
    this.#held.drop();
  }
}

function facts(token: AccessToken | undefined): readonly unknown[] {
  return token === undefined ? [] : [token.value, token.slot, token.generation, String(token.refreshAt.monotonic)];
}

function hasCome(end: Now, now: Now): boolean {
  return now.monotonic >= end.monotonic || now.unix >= end.unix;
}
