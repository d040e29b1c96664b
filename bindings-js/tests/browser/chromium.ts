/** A headless Chromium with a page of ours, which reaches this machine and nothing else. */

import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Page, chromium } from "playwright-core";
import { build } from "esbuild";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
];

/** All that a page with the package has to allow; it connects to whatever it wants tokens from. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src http://127.0.0.1:*";

/** A page that has loaded a script. */
export interface Visit {
  readonly page: Page;
  readonly version: string;
  /** What broke the page's policy, and errors and rejections that nobody caught. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Opens a page that loads a script of `tests/browser`, bundled as for browsers. */
export async function visit(script: string, prepare: (page: Page, origin: string) => Promise<void>): Promise<Visit> {
  const executablePath = process.env["TRUSTED_PROFILE_CHROMIUM"];
  if (executablePath === undefined) throw new Error("TRUSTED_PROFILE_CHROMIUM has to name a Chromium; scripts/chromium.sh finds one");
  const served = await serve(await bundled(script));
  const browser = await chromium.launch({ executablePath, args: FLAGS, timeout: 120_000 });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // Every failed request is told of, too, and many are to fail.
    if (/Content Security Policy|Uncaught/.test(message.text())) complaints.push(message.text());
  });
  await prepare(page, served.origin);
  await page.goto(served.origin, { timeout: 120_000 });
  return {
    page,
    version: browser.version(),
    complaints,
    close: async () => {
      await browser.close();
      await served.close();
    },
  };
}

async function bundled(script: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`tests/browser/${script}`],
    bundle: true,
    platform: "browser",
    conditions: ["browser"],
    format: "esm",
    target: "es2022",
    sourcemap: "inline",
    write: false,
    logLevel: "warning",
  });
  return outputFiles.map(({ text }) => text).join("");
}

async function serve(script: string): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const html = '<!doctype html><meta charset="utf-8"><title>trusted-profile</title><script type="module" src="/page.js"></script>';
  const server = createServer((request, response) => {
    const [type, text] = request.url === "/page.js" ? ["text/javascript", script] : ["text/html", html];
    response.writeHead(request.url === "/favicon.ico" ? 404 : 200, { "content-type": `${type}; charset=utf-8`, "content-security-policy": POLICY });
    response.end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
