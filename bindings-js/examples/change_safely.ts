/**
 * A VPC is made, changed by two, and taken away.
 *
 *     node change_safely.ts NAME [METADATA_ENDPOINT VPC_ENDPOINT]
 */

import { RequestRefusedError, TokenProvider } from "trusted-profile";
import { Vpc, type VpcOptions } from "trusted-profile/catalog";

async function change(tokens: TokenProvider, options: VpcOptions, name: string): Promise<void> {
  // `If-Match` goes along with every change of what this client has read: the tag that it last saw.
  const vpc = new Vpc(tokens, { ...options, alwaysIfMatch: true });
  const { id = "" } = await vpc.createVpc({ body: { name } });
  // A list, or what making it was answered with, says nothing of tags: read what is to be changed.
  await vpc.getVpc({ id });

  const somebodyElse = new Vpc(tokens, options);
  await somebodyElse.updateVpc({ id, body: { name: `${name}-theirs` } });

  try {
    await vpc.updateVpc({ id, body: { name: `${name}-ours` } });
  } catch (error) {
    if (!(error instanceof RequestRefusedError) || error.status !== 412) throw error;
    process.stdout.write("somebody else was faster\n");
  }
  // What they made of it has a tag of its own. Look at it, and decide anew.
  await vpc.getVpc({ id });
  const changed = await vpc.updateVpc({ id, body: { name: `${name}-ours` } });
  process.stdout.write(`${changed.name}\n`);
  await vpc.deleteVpc({ id });
}

const [name = "by-trusted-profile", metadata, endpoint] = process.argv.slice(2);

await change(await TokenProvider.vpcInstance({ endpoint: metadata }), { region: "us-south", endpoint }, name);
