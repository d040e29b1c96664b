// What is run for either side: `node programs/NAME.mjs SIDE ROOT URL ...` prints samples as JSON.
import { createRequire } from "node:module";
import { join } from "node:path";

const [side, root, url, ...options] = process.argv.slice(2);
const require = createRequire(join(root, "index.js"));

export { options, side, url };

/** A provider that holds nothing yet, of a VPC instance: two requests to a token. Its call is `token` or `getToken`. */
export async function provider() {
  if (side === "ours") return require("trusted-profile").TokenProvider.vpcInstance({ endpoint: url });
  return new (require("ibm-cloud-sdk-core").VpcInstanceAuthenticator)({ url }).tokenManager;
}

/** A provider's call for a token. */
export function call(tokens) {
  return side === "ours" ? tokens.token() : tokens.getToken();
}

/** Milliseconds that something takes. */
export async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Hands the samples to whoever started this. */
export function show(figures) {
  process.stdout.write(JSON.stringify(figures), () => process.exit(0));
}
