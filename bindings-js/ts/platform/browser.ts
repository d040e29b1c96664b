/** Browsers, and whatever else has `fetch` and no files. */

import { TransportError } from "../action.js";
import { causeOf } from "../transport/cause.js";
import { fetchTransport } from "../transport/fetch.js";
import type { Platform } from "./platform.js";

const said = new Set<string>();

export const platform: Platform = {
  name: "browser",
  inflate: async (compressed) => {
    const bytes = Uint8Array.from(atob(compressed), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  },
  transports: ({ fetch }) => {
    const send = fetchTransport(() => fetch ?? globalThis.fetch.bind(globalThis), failureOf);
    return { name: "fetch", send, close: () => undefined };
  },
  facts: () => ({}),
  warn: (message) => {
    if (said.has(message)) return;
    said.add(message);
    console.warn(message);
  },
};

/**
 * A page is not told what went wrong: it may as well be something that passes. Or a certificate that is wrong, so it is
 * none of the failures after which the other protocol may be tried.
 */
function failureOf(error: unknown): TransportError {
  return new TransportError("interrupted", "fetch failed: no network, no CORS for this page, or a certificate", { cause: causeOf(error) });
}
