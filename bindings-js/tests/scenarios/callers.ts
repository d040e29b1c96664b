/** Callers of a provider. */

import { type AccessToken, DeadlineExceededError, type TokenProvider, TrustedProfileError } from "trusted-profile";
import type { Call } from "./script.js";

/** What a caller got; nothing means that it gave up itself. */
export type Answer = AccessToken | TrustedProfileError | undefined;

/** Has all callers of a call ask at once. Those that give up do so by their signals, as soon as it is time. */
export async function ask(tokens: TokenProvider, call: Call, isTimeToGiveUp: () => Promise<boolean>): Promise<Answer[]> {
  const { callers = 1, cancelled = 0, timeout_ms: timeout } = call;
  const controllers = Array.from({ length: callers }, () => new AbortController());
  const answers = Promise.all(controllers.map(({ signal }) => answer(tokens.token({ signal, timeout }), signal, timeout)));
  // Those with a bound of their own need nobody to tell them.
  if (timeout === undefined && cancelled > 0) {
    while (!(await isTimeToGiveUp())) await pause(5);
    for (const controller of controllers.slice(0, cancelled)) controller.abort();
  }
  return answers;
}

async function answer(token: Promise<AccessToken>, signal: AbortSignal, timeout: number | undefined): Promise<Answer> {
  try {
    return await token;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    if (timeout !== undefined && error instanceof DeadlineExceededError) return undefined;
    if (error instanceof TrustedProfileError) return error;
    throw error;
  }
}

/** Some time passes. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
