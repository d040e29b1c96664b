/**
 * Tokens of one's own: an agent beside this program leaves them in a file, with their end.
 *
 *     node external_vault.ts FILE
 *
 * The file holds JSON, such as `{"token": "...", "expires_at": 1767225600}`.
 */

import { readFile } from "node:fs/promises";
import { TokenProvider } from "trusted-profile";

const [file = "token.json"] = process.argv.slice(2);

/** Whatever is thrown goes into errors, and what `JSON.parse` throws shows what it was given: a token perhaps. */
function parsed(text: string): { token: string; expires_at: number } {
  try {
    return JSON.parse(text) as { token: string; expires_at: number };
  } catch {
    throw new Error("the file holds no token");
  }
}

// Called whenever a token is needed. Caching, refreshing ahead of time and keeping a good token while the agent is away
// are the provider's part.
const tokens = await TokenProvider.external(async ({ signal }) => {
  const kept = parsed(await readFile(file, { encoding: "utf8", signal }));
  return { accessToken: kept.token, expiresIn: Math.max(0, kept.expires_at - Date.now() / 1000) };
});

const token = await tokens.token({ timeout: 5_000 });
const minutes = Math.floor(((token.expiresAt?.getTime() ?? Infinity) - Date.now()) / 60_000);
process.stdout.write(`${token.toString()}, usable for more than ${minutes} minutes\n`);
