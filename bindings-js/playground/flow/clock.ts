/** The page's own time: it stands still until somebody moves it. */

import type { Now } from "./flow.js";

/** Both clocks of a machine whose time is moved by hand. */
export class Clock {
  #monotonic = 0;
  readonly #begin: number;

  /** @param begin - what the wall says at the start, in milliseconds since 1970. */
  constructor(begin: number) {
    this.#begin = begin;
  }

  /** What both clocks say. */
  now(): Now {
    return { monotonic: this.#monotonic, unix: this.#begin + this.#monotonic };
  }

  /** Lets time pass, in milliseconds. */
  advance(ms: number): void {
    this.#monotonic += ms;
  }
}

/** The time of day, to the second. */
export function timeOfDay(unix: number): string {
  return new Date(unix).toISOString().slice(11, 19);
}

/** Between a number and its unit no line ends. */
const GAP = "\u00a0";

/** A length of time in words: `59 min 10 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}${GAP}ms`;
  if (ms < 10_000) return `${Math.round(ms / 100) / 10}${GAP}s`;
  const seconds = Math.round(ms / 1000);
  const parts = [[Math.floor(seconds / 3600), "h"], [Math.floor(seconds / 60) % 60, "min"], [seconds % 60, "s"]] as const;
  return parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${GAP}${unit}`).join(" ");
}
