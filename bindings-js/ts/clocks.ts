/** The two clocks. */

/** Both clocks at one moment, in milliseconds: `monotonic` never goes backwards, `unix` counts since 1970. */
export interface Now {
  readonly monotonic: number;
  readonly unix: number;
}

/** A moment that never comes. */
export const NEVER: Now = { monotonic: Infinity, unix: Infinity };

/** What both clocks say. */
export function now(): Now {
  return { monotonic: performance.now(), unix: Date.now() };
}

/** Whether neither clock has reached `end`. */
export function isBefore(now: Now, end: Now): boolean {
  return now.monotonic < end.monotonic && now.unix < end.unix;
}

let last: Now = { monotonic: -Infinity, unix: 0 };

/**
 * What both clocks said at most a millisecond ago, by the monotonic one. Reading them is most of what a cached token costs,
 * and whoever asks for one may as well have asked a millisecond earlier.
 */
export function recently(): Now {
  const monotonic = performance.now();
  if (!(monotonic >= last.monotonic && monotonic < last.monotonic + 1)) last = { monotonic, unix: Date.now() };
  return last;
}
