/**
 * A program that is told on standard input which tokens to fetch, and shows what it got. It is started with an environment
 * of the test's making, and may do what programs do that want all their requests to go through a proxy.
 */

import { createRequire } from "node:module";
import type * as http from "node:http";
import type * as https from "node:https";
import { type Socket, connect } from "node:net";
import { text } from "node:stream/consumers";
import { VpcInstanceAuthenticator } from "ibm-cloud-sdk-core";
import { type SourceOptions, TokenProvider, TrustedProfileError } from "trusted-profile";

/** What the program is told. */
export interface Given {
  readonly wishes: readonly SourceOptions[];
  /** Where all agents and dispatchers of the process are made to lead. */
  readonly everythingTo?: string;
  /** A metadata service that IBM's core is to ask. */
  readonly control?: string;
}

/** What it got of each wish. */
export type Outcome = { readonly token: string } | { readonly error: string; readonly text: string };

const require = createRequire(import.meta.url);
const modules = [require("node:http") as typeof http, require("node:https") as typeof https] as const;

/** Who waits for a dispatcher's answer: by the older names or, since Node 26, by the newer ones. */
interface Handler {
  onError?(error: Error): void;
  onResponseError?(controller: object, error: Error): void;
}

/** As `global-agent` and undici's `setGlobalDispatcher` do it. */
function lead(address: string): void {
  const { hostname, port } = new URL(address);
  const there = (): Socket => connect(Number(port), hostname);
  for (const module of modules) {
    const agent = new module.Agent();
    Object.assign(agent, { createConnection: there });
    const { request } = module;
    const bound = (url: string, options: object, done?: never): http.ClientRequest => request(url, { ...options, agent }, done as never);
    Object.assign(module, { globalAgent: agent, request: bound });
  }
  const dispatch = ({ path }: { path: string }, handler: Handler): boolean => {
    modules[0].get({ hostname, port, path, agent: false }, (answer) => {
      answer.resume().on("end", () => {
        const error = new Error("the program's own dispatcher");
        if (handler.onResponseError !== undefined) handler.onResponseError({}, error);
        else handler.onError?.(error);
      });
    });
    return true;
  };
  // The older name and, since Node 26, the newer one.
  for (const version of [1, 2]) Object.assign(globalThis, { [Symbol.for(`undici.globalDispatcher.${version}`)]: { dispatch } });
}

async function outcomeOf(wish: SourceOptions): Promise<Outcome> {
  const times = { connect: 5000, attempt: 10_000, round: 30_000 };
  const tokens = await TokenProvider.from(wish, { policy: { linkLocal: times, remote: times, maxAttempts: 1, cooldown: 0 } });
  try {
    return { token: (await tokens.token()).value };
  } catch (error) {
    if (!(error instanceof TrustedProfileError)) throw error;
    return { error: error.code, text: error.message };
  } finally {
    tokens.dispose();
  }
}

const given = JSON.parse(await text(process.stdin)) as Given;
if (given.everythingTo !== undefined) {
  lead(given.everythingTo);
  // The controls: whoever takes what the process has does go there. Port 9 is one that fetch refuses.
  await new Promise((resolve) => modules[0].get("http://127.0.0.9:9/by-agent", (answer) => answer.resume().on("end", resolve)));
  await fetch("http://127.0.0.9:8009/by-dispatcher").catch(() => undefined);
}
if (given.control !== undefined) await new VpcInstanceAuthenticator({ url: given.control }).authenticate({}).catch(() => undefined);
const outcomes: Outcome[] = [];
for (const wish of given.wishes) outcomes.push(await outcomeOf(wish));
process.stdout.write(JSON.stringify(outcomes));
