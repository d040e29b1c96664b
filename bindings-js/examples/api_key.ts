/**
 * Outside of IBM Cloud: an API key, from a file that only this user can read. A command line can be read by everybody.
 *
 *     node api_key.ts KEY_FILE [IAM_ENDPOINT]
 */

import { readFile } from "node:fs/promises";
import { ApiKeyRefusedError, TokenProvider } from "trusted-profile";

const [file = "api_key", endpoint] = process.argv.slice(2);

const tokens = await TokenProvider.apiKey((await readFile(file, "utf8")).trim(), { endpoint });
try {
  const token = await tokens.token({ timeout: 30_000 });
  process.stdout.write(`${token.toString()}, until ${token.expiresAt?.toISOString()}\n`);
} catch (error) {
  if (!(error instanceof ApiKeyRefusedError)) throw error;
  console.error(`IAM knows no such key, or it is disabled or locked:\n${error.message}`);
  process.exitCode = 1;
}
