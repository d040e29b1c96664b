/** What the page runs. What only Node can do, it asks of the harness. */

import { InvalidArgumentError, TokenProvider, TrustedProfileError } from "trusted-profile";
import { isNoticed } from "../scenarios/canary.js";
import type { Outside } from "../scenarios/outside.js";
import type { Scenario } from "../scenarios/script.js";
import { problems } from "../scenarios/several.js";
import { run } from "../scenarios/stage.js";
import { IN_PAGE } from "../scenarios/ways.js";
import { play } from "../vectors/player.js";

declare global {
  /** The harness. */
  function outside(name: keyof Outside, args: readonly unknown[]): Promise<unknown>;
  var runs: typeof all;
}

const harness = new Proxy({} as Outside, {
  get: (_, name) => (...args: unknown[]) => outside(name as keyof Outside, args),
});

const all = {
  /** Runs scenarios, and returns what did not hold. */
  scenarios: (given: readonly Scenario[]): Promise<string[]> => problems(given.map((scenario) => () => run(scenario, IN_PAGE, harness))),

  /** Returns which wrong expectations passed. */
  flipped: (given: readonly Scenario[]): Promise<string[]> => problems(given.map((scenario) => () => isNoticed(scenario, IN_PAGE, harness))),

  /** Plays a vector, and returns what did not go as it expects. */
  vector: (json: unknown): Promise<string[]> => play(json),

  /** What comes of opening providers that a page should not have. */
  refusals: async (): Promise<string[]> => {
    const profileId = "Profile-00000000-0000-0000-0000-000000000000";
    const opened = [
      () => TokenProvider.apiKey("a-key"),
      () => TokenProvider.assume({ source: "api_key", apiKey: "a-key" }, { profileId }),
      () => TokenProvider.container({ profileId }),
      () => TokenProvider.container({ profileId, crTokenFile: "/var/run/secrets/tokens/sa-token" }),
      () => TokenProvider.vpcInstance({ ca: "-----BEGIN CERTIFICATE-----" }),
    ];
    const answer = (error: unknown): string => (error instanceof InvalidArgumentError ? error.message : `refused otherwise: ${String(error)}`);
    return Promise.all(opened.map((open) => open().then(() => "not refused", answer)));
  },

  /** Where a provider asks, and what it says, when no request of a page succeeds and it may choose the protocol. */
  unreachable: async (): Promise<{ readonly asked: string[]; readonly error: string }> => {
    const asked: string[] = [];
    const tokens = await TokenProvider.vpcInstance({
      policy: { maxAttempts: 2, backoffBase: 1 },
      fetch: (input) => {
        asked.push(String(input));
        return Promise.reject(new TypeError("Failed to fetch"));
      },
    });
    const error = await tokens.token().then(() => "a token", (error: unknown) => (error instanceof TrustedProfileError ? error.message : String(error)));
    return { asked, error };
  },
};

globalThis.runs = all;
