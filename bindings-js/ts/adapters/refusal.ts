/** What follows when a service refuses a token with 401. */

import type { Tokens } from "../fetch.js";
import type { AccessToken } from "../token.js";

/**
 * Drops the token that was refused; the one to try next, if it is another one.
 *
 * @throws TrustedProfileError - there is no token any more. It says why, which the 401 does not.
 */
export async function replacement(tokens: Tokens, refused: AccessToken, patience: { readonly signal?: AbortSignal } = {}): Promise<AccessToken | undefined> {
  tokens.invalidate(refused);
  const newer = await tokens.token(patience);
  return newer.value === refused.value ? undefined : newer;
}
