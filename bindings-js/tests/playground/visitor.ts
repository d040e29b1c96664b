/** Somebody at the playground who has a keyboard and no mouse, and an eye on what is wrong for those who cannot see. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, type Page, chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"];
const AXE = readFileSync(createRequire(join(process.cwd(), "package.json")).resolve("axe-core/axe.min.js"), "utf8");

/** More presses of Tab than it takes to get round the page. */
const ROUND = 150;

/** How long something is waited for that has to come, in milliseconds: a machine with much to do gets there as well. */
const PATIENCE = 120_000;

interface Axe {
  run(context: Document, options: object): Promise<{ violations: ReadonlyArray<{ id: string; help: string; nodes: ReadonlyArray<{ html: string; failureSummary: string }> }> }>;
}

/** The page with its simulator, as `make playground` has them. */
export class Playground {
  readonly origin: string;
  readonly browser: Browser;
  readonly #end: () => Promise<void>;

  private constructor(origin: string, browser: Browser, end: () => Promise<void>) {
    this.origin = origin;
    this.browser = browser;
    this.#end = end;
  }

  static async open(): Promise<Playground> {
    const [executablePath, simulator] = [named("TRUSTED_PROFILE_CHROMIUM"), named("TRUSTED_PROFILE_SIMULATOR")];
    const folder = mkdtempSync(join(tmpdir(), "trusted-profile-playground-"));
    await finished(spawn(process.execPath, ["build/playground.mjs", folder], { stdio: ["ignore", "inherit", "inherit"] }));
    const server = spawn(process.execPath, ["playground/serve.mjs", folder, simulator], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface({ input: server.stdout }), "line")) as [string];
    const browser = await chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE });
    return new Playground(new URL(line).origin, browser, async () => {
      await browser.close();
      const ended = once(server, "exit");
      server.kill("SIGINT");
      assert.deepEqual(await ended, [0, null], "an interrupt ends server and simulator");
      rmSync(folder, { recursive: true, force: true });
    });
  }

  /** Somebody whose screen is this wide, and whose system is light or dark. */
  async visit(colorScheme: "light" | "dark", part = "", width = 1280): Promise<Visitor> {
    const page = await this.browser.newPage({ colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" });
    page.setDefaultTimeout(PATIENCE);
    const visitor = new Visitor(page);
    await page.goto(`${this.origin}/${part}`);
    await page.waitForSelector("body[data-ready]");
    return visitor;
  }

  close(): Promise<void> {
    return this.#end();
  }
}

/** One of them. */
export class Visitor {
  readonly page: Page;
  /** What broke the page's policy, and errors that nobody caught. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      // Requests that fail are told of too, and many are to fail.
      if (/Content Security Policy|Uncaught/.test(message.text())) this.complaints.push(message.text());
    });
  }

  /** Goes there with Tab, or backwards where that is nearer. */
  async reach(selector: string): Promise<void> {
    await this.page.locator(selector).first().waitFor({ state: "attached" });
    for (let presses = 0; presses < ROUND; presses += 1) {
      const where = await this.page.evaluate((wanted) => {
        const focused = document.activeElement;
        const found = document.querySelector(wanted);
        if (focused === null || found === null || focused.matches(wanted)) return "there";
        return (found.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING) === 0 ? "ahead" : "behind";
      }, selector);
      if (where === "there") return;
      await this.page.keyboard.press(where === "ahead" ? "Tab" : "Shift+Tab");
    }
    assert.fail(`the keyboard does not get to ${selector}`);
  }

  /** Goes there and presses it, and waits until the page is done. */
  async press(selector: string, key = "Enter"): Promise<void> {
    await this.begin(selector, key);
    await this.settle();
  }

  /** Goes there and presses it, and waits for nothing. */
  async begin(selector: string, key = "Enter"): Promise<void> {
    await this.reach(selector);
    await this.page.keyboard.press(key);
  }

  /** Chooses one of a group of radio buttons: Tab gets to the group, arrows go on within. */
  async choose(name: string, value: string): Promise<void> {
    await this.reach(`input[type=radio][name="${name}"]`);
    for (let presses = 0; presses < 10; presses += 1) {
      const isChosen = await this.page.evaluate(([name, value]) => document.activeElement?.matches(`[name="${name}"][value="${value}"]`), [name, value]);
      if (isChosen === true) return this.settle();
      await this.page.keyboard.press("ArrowRight");
      await this.settle();
    }
    assert.fail(`the arrows do not get to ${value} of ${name}`);
  }

  /** Goes to a field and puts something in, in place of what was there. */
  async fill(selector: string, text: string): Promise<void> {
    await this.reach(selector);
    await this.page.keyboard.press("ControlOrMeta+A");
    if (text === "") await this.page.keyboard.press("Delete");
    else await this.page.keyboard.insertText(text);
  }

  /** Holds the page's requests to such an address back until what is returned is called. */
  async held(address: string): Promise<() => void> {
    let go: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (go = resolve));
    await this.page.route(address, async (route) => {
      await gone;
      await route.continue();
    });
    return go;
  }

  /** Holds a step of a flow back that sends something, before the time begins to run that its request may take. */
  heldStep(): Promise<() => void> {
    return this.held("**/control/v1/faults");
  }

  /** Until nothing is under way. */
  async settle(): Promise<void> {
    await this.page.waitForFunction(() => !document.body.hasAttribute("aria-busy"));
  }

  /** What stands there, with plain spaces. */
  async text(selector: string): Promise<string> {
    return ((await this.page.locator(selector).first().textContent()) ?? "").replaceAll("\u00a0", " ");
  }

  /** That axe finds nothing, and that nothing broke meanwhile. */
  async check(where: string): Promise<void> {
    if (!(await this.page.evaluate(() => "axe" in globalThis))) await this.page.evaluate(AXE);
    const violations = await this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: Axe };
      const { violations } = await axe.run(document, { resultTypes: ["violations"] });
      return violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join("\n")}`);
    });
    assert.deepEqual(violations, [], where);
    assert.deepEqual(this.complaints, [], where);
  }

  /** Keeps a picture, for people to look at. */
  async picture(name: string): Promise<void> {
    const folder = process.env["TRUSTED_PROFILE_SCREENSHOTS"];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }

  /** That nothing is wider than the screen. */
  async fits(): Promise<void> {
    const [content, screen] = await this.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.equal(content, screen, "nothing has to be scrolled sideways");
  }
}

function named(variable: string): string {
  const path = process.env[variable];
  if (path === undefined) throw new Error(`${variable} has to name a program`);
  return path;
}

async function finished(child: ReturnType<typeof spawn>): Promise<void> {
  const [code] = (await once(child, "exit")) as [number | null];
  assert.equal(code, 0, "the page could not be built");
}
