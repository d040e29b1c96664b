/**
 * A program that is told on standard input which tokens to fetch, and shows what it got. It is started with an environment
 * of the test's making. The names of public hosts that it knows are those of this machine.
 */

import { createRequire } from "node:module";
import type * as dns from "node:dns";
import { text } from "node:stream/consumers";
import { type CommonOptions, type SourceOptions, TokenProvider, TrustedProfileError } from "trusted-profile";

/** What the program is told. */
export interface Given {
  readonly wishes: readonly SourceOptions[];
  readonly options?: CommonOptions;
  /** Where it is to ask by `fetch` itself, to see what its environment makes of that. */
  readonly control?: string;
}

/** What it got of each wish. */
export type Outcome =
  | { readonly token: string }
  | { readonly name: string; readonly message: string; readonly attempts: number; readonly transient: boolean; readonly causes: readonly string[] };

/** What it shows. */
export interface Shown {
  readonly outcomes: readonly Outcome[];
  /** The status, or the code of what went wrong. */
  readonly control: number | string | undefined;
}

/** Whoever has `.invalid` in its name is here. The resolver is not asked. */
function knowInvalidNames(): void {
  const module = createRequire(import.meta.url)("node:dns") as { lookup: unknown };
  const { lookup } = module as { lookup: (...given: readonly unknown[]) => void };
  module.lookup = (host: string, options: dns.LookupOptions, done: (...answer: readonly unknown[]) => void): void => {
    if (!host.endsWith(".invalid")) lookup(host, options, done);
    else if (options.all === true) done(null, [{ address: "127.0.0.1", family: 4 }]);
    else done(null, "127.0.0.1", 4);
  };
}

async function outcomeOf(wish: SourceOptions, options: CommonOptions): Promise<Outcome> {
  const tokens = await TokenProvider.from(wish, options);
  try {
    return { token: (await tokens.token()).value };
  } catch (error) {
    if (!(error instanceof TrustedProfileError)) throw error;
    const { name, message, attempts, transient } = error;
    return { name, message, attempts, transient, causes: error.causes.map(({ cause }) => cause) };
  } finally {
    tokens.dispose();
  }
}

async function statusOf(url: string): Promise<number | string> {
  try {
    return (await fetch(url)).status;
  } catch (error) {
    return ((error as Error).cause as { code?: string }).code ?? String(error);
  }
}

knowInvalidNames();
const { wishes, options = {}, control } = JSON.parse(await text(process.stdin)) as Given;
const outcomes: Outcome[] = [];
for (const wish of wishes) outcomes.push(await outcomeOf(wish, options));
const shown: Shown = { outcomes, control: control === undefined ? undefined : await statusOf(control) };
process.stdout.write(JSON.stringify(shown));
