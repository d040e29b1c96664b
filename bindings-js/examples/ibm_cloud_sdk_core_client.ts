/**
 * A client that is built on IBM's Node core, without an API key: the regions of the VPC API.
 *
 *     node ibm_cloud_sdk_core_client.ts [ORIGIN METADATA_ENDPOINT]
 *
 * Whatever IBM publishes takes the same authenticator: `new VpcV1({ authenticator })`, `new IamIdentityV1({ authenticator })`.
 */

import { BaseService } from "ibm-cloud-sdk-core";
import { TokenProvider } from "trusted-profile";
import { TrustedProfileAuthenticator } from "trusted-profile/adapters/ibm-cloud-sdk-core";

class Vpc extends BaseService {
  async listRegions(): Promise<ReadonlyArray<{ name: string }>> {
    const options = { url: "/regions", method: "GET", qs: { version: "2025-08-26", generation: 2 } };
    const { result } = (await this.createRequest({ options, defaultOptions: this.baseOptions })) as { result: { regions: Array<{ name: string }> } };
    return result.regions;
  }
}

const [origin = "https://us-south.iaas.cloud.ibm.com", endpoint] = process.argv.slice(2);

const tokens = await TokenProvider.vpcInstance({ endpoint });
const authenticator = new TrustedProfileAuthenticator(tokens, { allowedOrigins: [origin] });
const vpc = new Vpc({ authenticator, serviceUrl: `${origin}/v1` });
for (const { name } of await vpc.listRegions()) process.stdout.write(`${name}\n`);
