/** What programs and platforms throw, which may be anything, also something that cannot be looked at. */

import { TransportError } from "./action.js";

/** Whether it says why no answer came. */
export function isTransportError(error: unknown): error is TransportError {
  try {
    return error instanceof TransportError;
  } catch {
    return false;
  }
}

/** What kind of thing it is. */
export function nameOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}` : typeof error;
  } catch {
    return "something that has no name";
  }
}

/** What it says. */
export function wordsOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${typeof error}`;
  } catch {
    return "it threw something that cannot be shown";
  }
}
