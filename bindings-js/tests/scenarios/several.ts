/** Several at once: scenarios wait more than they compute. */

import { Difference } from "../difference.js";

/** Every scenario has a simulator of its own; a few at a time keep two cores busy. */
const AT_ONCE = 6;

/** Runs all of it, a few at a time, and returns what did not hold. */
export async function problems(checks: ReadonlyArray<() => Promise<void>>): Promise<string[]> {
  const found: string[] = [];
  const rest = checks.values();
  const worker = async (): Promise<void> => {
    for (const check of rest) {
      try {
        await check();
      } catch (error) {
        if (!(error instanceof Difference)) throw error;
        found.push(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found;
}
