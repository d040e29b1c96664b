/**
 * On a bare metal server: whose token is this?
 *
 *     node bare_metal.ts PROFILE_ID [METADATA_ENDPOINT]
 */

import { TokenProvider } from "trusted-profile";

const [profileId, endpoint] = process.argv.slice(2);

const tokens = await TokenProvider.bareMetal({ profileId, endpoint });
const claims = await tokens.unverifiedClaims({ timeout: 30_000 });
process.stdout.write(`${String(claims?.["iam_id"])}\n`);
