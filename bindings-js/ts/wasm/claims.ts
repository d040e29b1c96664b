/** What a token says about itself. */

import { forgetFunctions, functions } from "./module.js";

/** The claims of a JWT, unverified; undefined if it is none. */
export function claims(token: string): Record<string, unknown> | undefined {
  try {
    const text = functions().Machine.claims(token);
    return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
  } catch {
    forgetFunctions();
    return undefined;
  }
}
