/** The ways of using a provider: by which transport its requests go. */

import { type CommonOptions, type PolicyOptions, type SourceOptions, TokenProvider } from "trusted-profile";
import { inCamelCase } from "../spelling.js";
import type { Scenario, Variant } from "./script.js";
import type { Setting } from "./setting.js";

/** How a provider is opened. */
export interface Way {
  readonly name: string;
  /** What of a scenario its transport sees otherwise. */
  readonly variant: Variant;
  open(scenario: Scenario, setting: Setting, onEvent: CommonOptions["onEvent"]): Promise<TokenProvider>;
}

/** As a program does that sets nothing. */
export const PLAIN: Way = {
  name: "node:http",
  variant: "inflating",
  open: (scenario, setting, onEvent) => TokenProvider.from(sourceOf(setting.fill(scenario.source)), { policy: policyOf(scenario, setting), onEvent }),
};

const PUBLIC_IAM = "https://iam.example.org";

/** IAM is a public host, and a `fetch` of the program's own brings its answers: that of the platform, from the simulator. */
export const BY_FETCH: Way = {
  name: "fetch",
  variant: "inflating",
  open: (scenario, setting, onEvent) => {
    const iam = setting.value("iam_url");
    return TokenProvider.from(sourceOf(setting.fill(scenario.source, { iam_url: PUBLIC_IAM })), {
      policy: policyOf(scenario, setting),
      onEvent,
      fetch: (input, init) => globalThis.fetch(String(input).replace(PUBLIC_IAM, iam), init),
    });
  },
};

/** In a page, which is shown an API key and asks the runner for files. */
export const IN_PAGE: Way = {
  name: "page",
  variant: "page",
  open: (scenario, setting, onEvent) =>
    TokenProvider.from(sourceOf(setting.fill(scenario.source)), {
      policy: policyOf(scenario, setting),
      onEvent,
      dangerouslyAllowBrowser: true,
      readFile: (path, maxBytes) => setting.readFile(path, maxBytes),
    }),
};

function sourceOf(source: Readonly<Record<string, unknown>>): SourceOptions {
  return inCamelCase(source) as SourceOptions;
}

function policyOf(scenario: Scenario, setting: Setting): PolicyOptions {
  return inCamelCase(setting.fill(scenario.policy ?? {})) as PolicyOptions;
}
