/** Node.js. */

import { constants, existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { rootCertificates } from "node:tls";
import type { FileProblem, FileRead } from "../action.js";
import { failureOf } from "../transport/failure.js";
import { fetchTransport } from "../transport/fetch.js";
import { directTransport } from "../transport/node.js";
import type { Platform } from "./platform.js";

const PROBLEMS: Readonly<Record<string, FileProblem>> = { ENOENT: "not_found", ENOTDIR: "not_found" };

/** As Rust names them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64", ia32: "x86", ppc64: "powerpc64" };
const SYSTEMS: Readonly<Record<string, string>> = { darwin: "macos", win32: "windows" };

const said = new Set<string>();

export const platform: Platform = {
  name: "node",
  inflate: async (compressed) => new Uint8Array(gunzipSync(Buffer.from(compressed, "base64"))),
  transports: ({ fetch, ca }) => {
    const further = ca === undefined ? undefined : typeof ca === "string" ? [ca] : ca;
    const direct = directTransport(further === undefined ? undefined : [...rootCertificates, ...further]);
    const given = fetchTransport(() => fetch ?? globalThis.fetch, failureOf);
    // `fetch` takes no certificates, and has itself told to verify none.
    const isFetchFit = fetch !== undefined || (further === undefined && process.env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0");
    return {
      name: isFetchFit ? "node:http, and fetch for public hosts" : "node:http",
      send: (exchange, signal) => (exchange.network === "public" && isFetchFit ? given : direct.send)(exchange, signal),
      close: () => direct.close(),
    };
  },
  readFile: async (path, maxBytes) => {
    try {
      return await contentOf(path, maxBytes);
    } catch (error) {
      return { path, problem: PROBLEMS[(error as NodeJS.ErrnoException).code ?? ""] ?? "denied" };
    }
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

async function contentOf(path: string, maxBytes: number): Promise<FileRead> {
  // A pipe in its place would be waited for.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) return { path, problem: "denied" };
    const buffer = Buffer.alloc(maxBytes + 1);
    const length = await fill(file, buffer);
    if (length > maxBytes) return { path, problem: "too_large" };
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(buffer.subarray(0, length));
    buffer.fill(0);
    return text.trim() === "" ? { path, problem: "empty" } : { path, text };
  } catch (error) {
    if (error instanceof TypeError) return { path, problem: "not_text" };
    throw error;
  } finally {
    await file.close();
  }
}

async function fill(file: Awaited<ReturnType<typeof open>>, buffer: Buffer): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}
