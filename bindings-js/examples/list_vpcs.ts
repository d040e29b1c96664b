/**
 * On a VPC instance: which VPCs are there, and what are their subnets? Those are asked for at once.
 *
 *     node list_vpcs.ts [METADATA_ENDPOINT VPC_ENDPOINT]
 */

import { TokenProvider, TrustedProfileError } from "trusted-profile";
import { type models, Vpc } from "trusted-profile/catalog";

const [metadata, endpoint] = process.argv.slice(2);

async function describe(client: Vpc, vpc: models.vpc.VPC): Promise<string> {
  const names: string[] = [];
  for await (const { name } of client.listSubnetsItems({ vpcId: vpc.id })) names.push(name ?? "");
  return `${vpc.name}: ${names.join(", ") || "no subnets"}`;
}

const tokens = await TokenProvider.vpcInstance({ endpoint: metadata });
try {
  const client = new Vpc(tokens, { region: "us-south", endpoint });
  const vpcs: models.vpc.VPC[] = [];
  for await (const vpc of client.listVpcsItems()) vpcs.push(vpc);
  for (const line of await Promise.all(vpcs.map((vpc) => describe(client, vpc)))) process.stdout.write(`${line}\n`);
} catch (error) {
  if (!(error instanceof TrustedProfileError)) throw error;
  // All of it: what went wrong, the likely causes, and how to fix each.
  console.error(error.message);
  process.exitCode = 1;
} finally {
  tokens.dispose();
}
