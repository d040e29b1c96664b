/**
 * What an instance knows about itself.
 *
 *     node instance_metadata.ts [METADATA_ENDPOINT]
 */

import { TokenProvider } from "trusted-profile";
import { Metadata } from "trusted-profile/catalog";

const [endpoint] = process.argv.slice(2);

const metadata = new Metadata(await TokenProvider.vpcInstance({ endpoint }));
const { name, zone } = await metadata.getInstance();
process.stdout.write(`${name} in ${zone?.name}\n`);
// User data may hold secrets: this says how long it is.
const { user_data = "" } = await metadata.getInstanceInitialization();
process.stdout.write(`${user_data.length} characters of user data\n`);
