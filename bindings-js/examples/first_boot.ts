/**
 * A service that starts while the instance is still being set up.
 *
 *     node first_boot.ts [METADATA_ENDPOINT]
 */

import { TokenProvider } from "trusted-profile";

const [endpoint] = process.argv.slice(2);

const tokens = await TokenProvider.vpcInstance({
  endpoint,
  // Until there was a first token, "not linked" and "unreachable" are tried again, for five minutes.
  policy: { waitUntilReady: 300_000 },
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
});
await tokens.token();
process.stdout.write(`${String(tokens.describe().source)}\n`);
