/**
 * In a pod: the service account's token for one of a trusted profile.
 *
 *     node container.ts PROFILE_ID [TOKEN_FILE IAM_ENDPOINT]
 *
 * The token file is that of a projected volume; without one, the usual places are looked at.
 */

import { CrTokenUnavailableError, ProfileNotEligibleError, TokenProvider } from "trusted-profile";

const [profileId, crTokenFile, endpoint] = process.argv.slice(2);

const tokens = await TokenProvider.container({ profileId, crTokenFile, endpoint });
try {
  const claims = await tokens.unverifiedClaims({ timeout: 30_000 });
  process.stdout.write(`${String(claims?.["iam_id"])}\n`);
} catch (error) {
  process.exitCode = 1;
  if (error instanceof CrTokenUnavailableError) console.error(`there is no token of a service account here:\n${error.message}`);
  else if (error instanceof ProfileNotEligibleError) console.error(`the profile has to be linked to this service account:\n${error.message}`);
  else throw error;
}
