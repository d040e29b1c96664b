/** What the tests of providers share. */

import type { TestContext } from "node:test";
import { type CommonOptions, TokenProvider } from "trusted-profile";
import { Simulator } from "../simulator.js";
import { Service } from "./service.js";

/** Failures come soon, and are forgotten at once. */
export const QUICK = { maxAttempts: 2, backoffBase: 1, backoffMax: 2, cooldown: 0 } as const;

/** An API key that can be told from everything else. */
export const API_KEY = "api-key-0123456789abcdef";

/** A provider whose requests the test answers itself. */
export async function served(t: TestContext, options: CommonOptions = {}): Promise<{ tokens: TokenProvider; service: Service }> {
  const service = new Service();
  const tokens = await TokenProvider.apiKey(API_KEY, { endpoint: "https://iam.example", fetch: service.fetch, ...options });
  t.after(() => tokens.dispose());
  return { tokens, service };
}

/** A provider on an instance of a simulator of its own. */
export async function simulated(t: TestContext, options: CommonOptions = {}): Promise<{ tokens: TokenProvider; simulator: Simulator }> {
  const simulator = await Simulator.start();
  const tokens = await TokenProvider.vpcInstance({ endpoint: simulator.metadataUrl, ...options });
  t.after(async () => {
    tokens.dispose();
    await simulator.stop();
  });
  return { tokens, simulator };
}

/** Moves the unix clock, and has what was read of it grow old. */
export function clockAhead(t: TestContext, milliseconds: number): void {
  const real = Date.now;
  t.mock.method(Date, "now", () => real() + milliseconds);
  for (const end = performance.now() + 1; performance.now() < end; );
}

/** Fails the test for every rejection that nobody handles, and every warning that nobody expects. */
export function watched(t: TestContext): { readonly warnings: readonly string[] } {
  const rejections: unknown[] = [];
  const warnings: string[] = [];
  const reject = (reason: unknown): void => void rejections.push(reason);
  const warn = (warning: Error): void => void warnings.push(warning.message);
  process.on("unhandledRejection", reject).on("warning", warn);
  t.after(async () => {
    // They are reported after the promises of the turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", reject).off("warning", warn);
    if (rejections.length > 0) throw new Error(`nobody handles: ${rejections.map(String).join("; ")}`);
  });
  return { warnings };
}

/** A provider in a pod, whose file and requests the test answers itself. */
export async function servedPod(t: TestContext, readFile: () => Promise<unknown>): ReturnType<typeof served> {
  const { service, tokens: unused } = await served(t);
  unused.dispose();
  const options = { profileId: "Profile-1", crTokenFile: "/t", endpoint: "https://iam.example", policy: { ...QUICK, emptyFileGrace: 0 } };
  const tokens = await TokenProvider.container({ ...options, fetch: service.fetch, readFile: readFile as never });
  t.after(() => tokens.dispose());
  return { tokens, service };
}
