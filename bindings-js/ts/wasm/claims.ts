/** What a token says about itself. */

import { once } from "./module.js";

/** The claims of a JWT, unverified; undefined if it is none. */
export function claims(token: string): Record<string, unknown> | undefined {
  try {
    const text = once((instance) => instance.Machine.claims(token));
    return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
  } catch {
    return undefined;
  }
}
