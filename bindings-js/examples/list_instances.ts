/**
 * Every instance of a region.
 *
 *     node list_instances.ts [METADATA_ENDPOINT VPC_ENDPOINT]
 */

import { TokenProvider } from "trusted-profile";
import { Vpc } from "trusted-profile/catalog";

const [metadata, endpoint] = process.argv.slice(2);

const tokens = await TokenProvider.vpcInstance({ endpoint: metadata });
const vpc = new Vpc(tokens, { region: "us-south", endpoint });
// One page after the other, each when it is needed.
for await (const { name, status } of vpc.listInstancesItems({ limit: 100 })) process.stdout.write(`${name}: ${status}\n`);
