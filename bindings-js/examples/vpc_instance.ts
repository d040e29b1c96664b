/**
 * On a VPC instance: whose token is this?
 *
 *     node vpc_instance.ts [METADATA_ENDPOINT]
 *
 * Node 22.18 and later run TypeScript as it is; before, take `npx tsx`.
 */

import { TokenProvider, TrustedProfileError } from "trusted-profile";

const [endpoint] = process.argv.slice(2);

const tokens = await TokenProvider.vpcInstance({ endpoint });
try {
  const token = await tokens.token({ timeout: 30_000 });
  const { iam_id, exp, iat } = token.unverifiedClaims() as { iam_id: string; exp: number; iat: number };
  process.stdout.write(`${iam_id}, for ${exp - iat} seconds\n`);
} catch (error) {
  if (!(error instanceof TrustedProfileError)) throw error;
  // All of it: what went wrong, the likely causes, and how to fix each.
  console.error(error.message);
  process.exitCode = 1;
} finally {
  tokens.dispose();
}
