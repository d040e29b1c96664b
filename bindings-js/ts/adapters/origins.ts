/** Where the requests of other libraries may take a token. */

import { AllowedOrigins } from "../fetch.js";
import { invalid } from "../wasm/border.js";
import { loadNow } from "../wasm/module.js";

/** What every adapter has to be told. */
export interface AdapterOptions {
  /** The origins that may see the tokens: scheme, host and port; https, or http to this machine. At least one. */
  readonly allowedOrigins: readonly string[];
}

/** @throws InvalidArgumentError - when there is none, or one of them cannot be used. */
export function originsOf(options: AdapterOptions | undefined): AllowedOrigins {
  const names = options?.allowedOrigins ?? [];
  loadNow();
  const origins = new AllowedOrigins(names);
  if (names.length === 0) throw invalid('allowedOrigins: expected at least one origin, such as "https://us-south.iaas.cloud.ibm.com", got none');
  return origins;
}
