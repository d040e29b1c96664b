/** Node.js. Its modules for the network and for compression are loaded when they are needed: they take longer than this package. */

import { existsSync } from "node:fs";
import type * as zlib from "node:zlib";
import { failureOf } from "../transport/failure.js";
import { fetchTransport } from "../transport/fetch.js";
import { directTransport } from "../transport/node.js";
import { kindOf } from "../wasm/arguments.js";
import { camelized, invalid } from "../wasm/border.js";
import { once } from "../wasm/module.js";
import { environmentOf, look } from "./environment.js";
import { textOf, withFile } from "./files.js";
import type { Choice, Platform } from "./platform.js";

/** As Rust names them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64", ia32: "x86", ppc64: "powerpc64" };
const SYSTEMS: Readonly<Record<string, string>> = { darwin: "macos", win32: "windows" };

function inflated({ gunzipSync }: typeof zlib, compressed: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gunzipSync(Buffer.from(compressed, "base64")));
}

/** Node leaves out what it cannot read, and says nothing. */
function pem(ca: unknown): string {
  // Not `instanceof`, since test runners have a realm of their own.
  const isBytes = Object.prototype.toString.call(ca) === "[object Uint8Array]";
  const text = isBytes ? new TextDecoder().decode(ca as Uint8Array) : ca;
  if (typeof text !== "string") throw invalid(`ca: expected PEM text, got ${kindOf(ca)}`);
  if (!/-----BEGIN ([A-Z\d]+ )?CERTIFICATE-----/.test(text)) throw invalid("ca: expected PEM text, not a path");
  return text;
}

const said = new Set<string>();

export const platform: Platform = {
  name: "node",
  inflate: async (compressed) => inflated(await import("node:zlib"), compressed),
  inflateNow: (compressed) => inflated(require("node:zlib") as typeof zlib, compressed),
  transports: ({ fetch, ca }) => {
    const further = ca === undefined ? undefined : (Array.isArray(ca) ? ca : [ca]).map(pem);
    const direct = directTransport(further);
    const given = fetchTransport(() => fetch ?? globalThis.fetch, failureOf);
    // Node's own takes no certificates, and has itself told to verify none, at any moment.
    const isFetchFit = (): boolean => fetch !== undefined || (further === undefined && process.env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0");
    return {
      get name() {
        return isFetchFit() ? "node:http, and fetch for public hosts" : "node:http";
      },
      send: (exchange, signal) => (exchange.network === "public" && isFetchFit() ? given : direct.send)(exchange, signal),
      close: () => direct.close(),
    };
  },
  readFile: async (path, maxBytes) => {
    const content = await withFile(path, (file) => textOf(file, maxBytes));
    if (typeof content === "string") return { path, problem: content };
    return content.text.trim() === "" ? { path, problem: "empty" } : { path, text: content.text };
  },
  environment: async (service) => {
    const surroundings = await look();
    const choice = once((instance) => environmentOf(instance, surroundings).choice(service));
    return {
      choice: camelized(JSON.parse(choice)) as Choice,
      make: (instance, ...rest) => instance.Machine.of_environment(environmentOf(instance, surroundings), service, ...rest),
    };
  },
  facts: () => {
    const set = (...names: readonly string[]): boolean => names.some((name) => (process.env[name] ?? "") !== "");
    return {
      // Other runtimes leave no such mark, so that its absence says nothing.
      container: existsSync("/.dockerenv") || existsSync("/run/.containerenv") || undefined,
      kubernetes: set("KUBERNETES_SERVICE_HOST"),
      codeEngine: set("CE_APP", "CE_JOB", "CE_FUNCTION"),
      proxySet: set("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
      arch: ARCHITECTURES[process.arch] ?? process.arch,
      os: SYSTEMS[process.platform] ?? process.platform,
    };
  },
  warn: (message) => {
    if (said.has(message)) return;
    said.add(message);
    process.emitWarning(message, "TrustedProfileWarning");
  },
};
