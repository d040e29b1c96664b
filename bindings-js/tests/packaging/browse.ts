/** A page of somebody's, as their server would serve it, in headless Chromium. */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";

/** The page finds nothing but this machine. */
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"];

/** What the README tells pages to allow. */
export const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/** What a page shows, and what the browser said meanwhile. */
export interface Seen {
  readonly shown: string;
  readonly complaints: readonly string[];
}

/** A Chromium; several pages can be looked at with it. */
export function launch(): Promise<Browser> {
  const executablePath = process.env["TRUSTED_PROFILE_CHROMIUM"];
  if (executablePath === undefined) throw new Error("TRUSTED_PROFILE_CHROMIUM has to name a Chromium; scripts/chromium.sh finds one");
  return chromium.launch({ executablePath, args: FLAGS, timeout: 120_000 });
}

/** How a page is looked at. */
export interface Look {
  readonly policy?: string;
  /** What the page has when it is done. */
  readonly until?: string;
}

const TOKEN = '{"access_token":"from-the-server","expires_in":60}';

/** Serves these files and answers to `/token` and `/data`; what the page shows in the end. */
export async function browse(browser: Browser, files: ReadonlyMap<string, string>, look: Look = {}): Promise<Seen> {
  const { policy = POLICY, until = "body[data-done]" } = look;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const headers = { "content-security-policy": policy, "cache-control": "no-store" };
    if (pathname === "/token") return response.writeHead(200, { ...headers, "content-type": "application/json" }).end(TOKEN);
    if (pathname === "/data") return response.writeHead(200, headers).end(`data for ${request.headers.authorization ?? "nobody"}`);
    const text = files.get(pathname === "/" ? "/index.html" : pathname);
    const type = pathname.endsWith(".js") ? "text/javascript" : "text/html";
    return response.writeHead(text === undefined ? 404 : 200, { ...headers, "content-type": `${type}; charset=utf-8` }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => complaints.push(message.text()));
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { timeout: 120_000 });
    const element = await page.waitForSelector(until, { timeout: 120_000 });
    return { shown: (await element.textContent()) ?? "", complaints };
  } finally {
    await page.close();
    server.closeAllConnections();
    server.close();
  }
}
