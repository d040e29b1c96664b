/**
 * An object of IBM Cloud Object Storage, read by IBM's own client without keys.
 *
 *     node ibm_cos_client.ts ENDPOINT BUCKET KEY [METADATA_ENDPOINT]
 */

import { TokenProvider } from "trusted-profile";
import { s3 } from "trusted-profile/adapters/ibm-cos-sdk";

const [cos = "https://s3.us-south.cloud-object-storage.appdomain.cloud", Bucket = "", Key = "", endpoint] = process.argv.slice(2);

const tokens = await TokenProvider.vpcInstance({ endpoint });
const client = s3(tokens, { allowedOrigins: [cos], endpoint: cos });
const { Body } = await client.getObject({ Bucket, Key }).promise();
process.stdout.write(String(Body));
