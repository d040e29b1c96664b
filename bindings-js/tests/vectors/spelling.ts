/** The corpus writes names and instants as the core does, programs as JavaScript does. */

import type { Instant } from "./expected.js";

/** Options as programs write them: names in camelCase, at every depth. */
export function camelCased(options: unknown): unknown {
  if (typeof options !== "object" || options === null || Array.isArray(options)) return options;
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), camelCased(value)]));
}

/** One name. */
export function camelCase(name: string): string {
  return name.split("_").map((word, number) => (number === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1))).join("");
}

/** An instant of one clock as scripts write it: the first millisecond at which it has come. */
export function instantOf(milliseconds: number): Instant {
  return milliseconds === Infinity ? "never" : milliseconds;
}
