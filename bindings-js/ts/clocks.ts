/** The two clocks. */

import type { Now } from "./token.js";

/** What both clocks say, in milliseconds. */
export function now(): Now {
  return { monotonic: performance.now(), unix: Date.now() };
}
