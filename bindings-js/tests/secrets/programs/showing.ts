/**
 * A program that fetches by every source and shows all that it has, in every way there is, and dies with it. It is told on
 * standard input where the services are, and what its secrets are.
 */

import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { type CommonOptions, type PolicyOptions, type SourceOptions, type TokenCallback, TokenProvider } from "trusted-profile";
import { Ticket, TokenManager, TransportError } from "trusted-profile/sansio";
import { spell } from "../spellings.js";

/** What the program is told. */
export interface Given {
  readonly policy: PolicyOptions;
  /** How the names of the sources begin that are wanted. */
  readonly sources: readonly string[];
  readonly metadata: string;
  readonly iam: string;
  readonly objects: string;
  readonly apiKey: string;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  readonly profile: string;
  readonly tokenFile: string;
  readonly crToken: string;
  /** Instead of all that: to be printed in every spelling. */
  readonly leak?: readonly string[];
}

const given = JSON.parse(await text(process.stdin)) as Given;

// WebAssembly traps as often as this says, at the next polls.
let traps = 0;
const Real = WebAssembly.Instance;
WebAssembly.Instance = class extends Real {
  override get exports(): WebAssembly.Exports {
    const trapping = (called: Function) => (...values: unknown[]): unknown => {
      if (traps > 0) {
        traps -= 1;
        throw new WebAssembly.RuntimeError("unreachable");
      }
      return called(...values);
    };
    const entries = Object.entries(super.exports);
    return Object.fromEntries(entries.map(([name, value]) => [name, name === "machine_poll" ? (trapping(value as Function) as never) : value]));
  }
};

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** All that anybody could see of it without asking for a property by its name. */
function show(what: string, thing: unknown): void {
  const deep = { showHidden: true, depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity } as const;
  say(`${what}: ${inspect(thing)} ${inspect(thing, deep)} ${inspect([thing], { ...deep, customInspect: false, showProxy: true })}`);
  say(`${what}: ${JSON.stringify(thing)} ${Object.prototype.toString.call(thing)}`);
}

function showError(error: unknown): void {
  show("error", error);
  if (!(error instanceof Error)) return;
  say(`${String(error)} ${error.stack} ${error.message}`);
  const facts = error as unknown as Record<string, unknown>;
  for (const name of ["code", "summary", "kind", "status", "service", "causes", "notes", "cause", "detail"]) show(name, facts[name]);
}

function quoting(): never {
  throw new RangeError(`401 for Authorization: Bearer ${given.crToken} (that was all)`);
}

/** Every source, some of them refused by the services. */
function sources(): ReadonlyArray<readonly [name: string, source: SourceOptions, callback?: TokenCallback]> {
  const { iam, apiKey, client, profile, tokenFile, crToken } = given;
  const container = { source: "container", endpoint: iam, profileId: profile, crTokenFile: tokenFile } as const;
  const key = { source: "api_key", apiKey, endpoint: iam } as const;
  return [
    ["vpc_instance", { source: "vpc_instance", endpoint: given.metadata }],
    ["container", container],
    ["container of a client", { ...container, ...client }],
    ["container of another profile", { ...container, profileId: "Profile-00000000-0000-0000-0000-000000000000" }],
    ["container with its token", { ...container, crTokenFile: undefined, crToken }],
    ["api_key", key],
    ["api_key of a client", { ...key, ...client }],
    ["assume", { source: "assume", base: key, profileId: profile, endpoint: iam }],
    ["external", { source: "external" }, () => ({ accessToken: crToken, expiresIn: 60 })],
    ["external that quotes", { source: "external" }, quoting],
    ["bearer", { source: "bearer", token: crToken }],
  ];
}

/** Calls that cannot work, with a secret in each. */
function mistakes(): Readonly<Record<string, () => unknown>> {
  const { apiKey: key, crToken: token, client, policy } = given;
  // Of no type that a checker would hold the calls against.
  const provider = TokenProvider as unknown as Record<string, (...values: unknown[]) => Promise<TokenProvider>>;
  const called = (name: string, ...values: unknown[]) => async (): Promise<unknown> => (await provider[name]?.(...values))?.token();
  return {
    "a further option": called("apiKey", key, { bogus: 1 }),
    "a list": called("apiKey", [key]),
    "an object": called("apiKey", { key }),
    "two words": called("apiKey", `${key} ${key}`),
    "a line": called("apiKey", `${key}\n`),
    "half a character": called("apiKey", `${key}\ud800`),
    "no source": called("from", key),
    "a client without id": called("apiKey", key, { clientSecret: client.clientSecret }),
    "a token and a file": called("container", { profileId: "p", crToken: token, crTokenFile: "/nonexistent" }),
    "a base that is none": called("assume", key, { profileId: "p" }),
    "a base with more": called("assume", { source: "api_key", apiKey: key, more: 1 }, { profileId: "p" }),
    "two tokens": called("bearer", `${token} ${token}`),
    "an endpoint": called("apiKey", key, { endpoint: `https://user:${client.clientSecret}@localhost` }),
    "an origin": called("apiKey", key, { allowedOrigins: [`https://user:${client.clientSecret}@localhost`] }),
    "a time": called("apiKey", key, { policy: { cooldown: key } }),
    "a token in a text": async () => `${(await (await TokenProvider.bearer(token)).token()) as unknown as string}`,
    "a callback of texts": called("external", () => token, { policy }),
    "a callback of lists": called("external", () => [token, 60], { policy }),
    "a callback of lines": called("external", () => ({ accessToken: `${token}\n\u0001`, expiresIn: 60 }), { policy }),
    "a life that is none": called("external", () => ({ accessToken: token, expiresIn: key }), { policy }),
  };
}

async function exercise(name: string, tokens: TokenProvider): Promise<void> {
  say(name);
  for (const ask of [() => tokens.token(), () => tokens.token({ timeout: 60_000 }), () => tokens.fetch(given.objects), () => tokens.fetch(given.iam)]) {
    try {
      const answer = await ask();
      if (answer instanceof Response) {
        show("response", answer);
        continue;
      }
      show("token", answer);
      show("what it says", [answer.slot, answer.expiresAt, answer.unverifiedClaims(), answer.usableUntil]);
      tokens.invalidate(answer);
    } catch (error) {
      showError(error);
    }
  }
  // A token that is still good outlives a trap.
  traps = 1;
  await tokens.identityToken().then(() => { throw new Error("no trap"); }, showError);
  await tokens.token({ timeout: 60_000 }).then((token) => show("after a trap", token), showError);
  show("provider", tokens);
  show("its description", tokens.describe());
}

/** The machine without I/O: what it asks for holds credentials. */
async function exerciseMachine(source: SourceOptions): Promise<void> {
  const machine = await TokenManager.create(source, { policy: given.policy });
  const action = machine.poll(new Ticket());
  show("action", action);
  if (action.kind === "send") machine.handle(action.exchange.id, { status: 503, body: Buffer.from(`down, ${given.apiKey}, ${given.crToken}`) });
  show("next", machine.poll(new Ticket()));
  show("machine", [machine, machine.status(), new TransportError("dns", "no such name", { cause: new Error("of the resolver") })]);
  machine.dispose();
}

if (given.leak !== undefined) {
  for (const secret of given.leak) say(spell(secret).map(([, spelling]) => spelling).join(" "));
} else {
  const kept: TokenProvider[] = [];
  const options: CommonOptions = { policy: given.policy, allowedOrigins: [new URL(given.objects).origin], onEvent: (event) => show("event", event) };
  for (const [name, source, callback] of sources().filter(([name]) => given.sources.some((begin) => name.startsWith(begin)))) {
    const tokens = await TokenProvider.from(source, options, callback);
    kept.push(tokens);
    await exercise(name, tokens);
    if (callback === undefined) await exerciseMachine(source);
  }
  for (const [name, mistake] of Object.entries(mistakes())) {
    const made = await Promise.resolve().then(mistake).then((made) => made ?? "nothing", (error: unknown) => {
      say(`mistake: ${name}`);
      showError(error);
    });
    if (made !== undefined) throw new Error(`${name}: no mistake`);
  }
  throw Object.assign(new Error("this program is done"), { kept });
}
