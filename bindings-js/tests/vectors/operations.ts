/** The second corpus, as far as the package has a public interface for it: options, addresses, dates, claims, origins. */

import { AccessToken, type SourceOptions, TokenProvider, TrustedProfileError } from "trusted-profile";
import { type Exchange, Ticket, TokenManager } from "trusted-profile/sansio";
import { Difference, same } from "../difference.js";
import { inCamelCase } from "../spelling.js";
import { anything, listOf, optional, record, text, Unfit } from "../strict_json.js";
import { failure } from "./expected.js";
import { checkFailure } from "./failure.js";
import { everywhere, Leaks, type Shown } from "./leaks.js";
import { otherwise, type Read } from "./shapes.js";

const items = otherwise(listOf(anything), []);

/** A text that one of the small languages reads, or refuses. */
const reading = record({ language: text, given: anything, why: optional(text), shown: optional(anything), error: optional(failure) });

/** One file of `operations/`. */
const operations = record({
  $schema: text,
  name: text,
  about: text,
  origin: text,
  rules: listOf(text),
  secrets: otherwise(listOf(text), []),
  build: items,
  parse: items,
  read: otherwise(listOf(reading), []),
  encode: items,
  redact: items,
  random: items,
});

// What the package does inside of its machine, its requests and its settings, and offers to nobody.
const LISTS_LEFT_OUT = ["build", "parse", "encode", "redact", "random"] as const;
const LANGUAGES_LEFT_OUT = ["path_segment", "configuration"];

/** What came of a file. */
export interface Outcome {
  /** What does not come out as expected. */
  readonly complaints: readonly string[];
  /** The lists that the package has no public interface for. */
  readonly leftOut: readonly string[];
}

/** Plays every case of a file that can be played. */
export async function playOperations(json: unknown, shown: Shown = everywhere): Promise<Outcome> {
  const leftOut = new Set<string>();
  try {
    const file = operations(json, "");
    for (const name of LISTS_LEFT_OUT) if (file[name].length > 0) leftOut.add(name);
    const leaks = new Leaks(file.secrets, shown);
    for (const [number, one] of file.read.entries()) {
      if (LANGUAGES_LEFT_OUT.includes(one.language)) leftOut.add(`read ${one.language}`);
      else await playOne(`read (case ${number + 1} of the list): ${JSON.stringify(one.given)}`, one, leaks);
    }
    if (file.read.length === 0 && leftOut.size === 0) throw new Difference("there is no case");
  } catch (problem) {
    if (!(problem instanceof Difference || problem instanceof Unfit)) throw problem;
    return { complaints: [problem.message], leftOut: [...leftOut] };
  }
  return { complaints: [], leftOut: [...leftOut].sort() };
}

async function playOne(where: string, one: Read<typeof reading>, leaks: Leaks): Promise<void> {
  try {
    await playCase(one, leaks);
  } catch (problem) {
    throw problem instanceof Difference ? new Difference(`${where}: ${problem.message}`) : problem;
  }
}

async function playCase({ language, given, shown, error }: Read<typeof reading>, leaks: Leaks): Promise<void> {
  const read = LANGUAGES[language];
  if (read === undefined) throw new Unfit(`nobody knows the language ${language}`);
  let found: unknown;
  try {
    found = await read(given as never);
  } catch (problem) {
    if (!(problem instanceof TrustedProfileError)) throw problem;
    leaks.check("the error", problem);
    if (error === undefined) throw new Difference(`no error was expected: ${problem.message}`);
    return checkFailure(error, problem);
  }
  if (error !== undefined) throw new Difference(`should have been refused, found ${JSON.stringify(found)}`);
  same("shown", shown, found);
}

const LANGUAGES: Readonly<Record<string, (given: never) => Promise<unknown>>> = {
  source: async (given: Record<string, unknown>) => (await TokenManager.create(inCamelCase(given) as SourceOptions)).status().source,
  policy: async (given: Record<string, unknown>) => {
    await TokenManager.create({ source: "external" }, { policy: inCamelCase(given) as Record<string, never> });
    return "accepted";
  },
  base_url: async (given: string) => {
    const url = new URL((await firstRequest({ source: "vpc_instance", endpoint: given })).url);
    return `${url.origin}${url.pathname}`.replace(/\/identity\/v1\/token$/, "");
  },
  iam_endpoint: async (given: string) => {
    const { url } = await firstRequest({ source: "api_key", apiKey: "an-api-key", endpoint: given });
    return url.replace(/\/identity\/token$/, "");
  },
  api_date: async (given: string) => {
    const { url } = await firstRequest({ source: "vpc_instance", version: given });
    return new URL(url).searchParams.getAll("version").join(",");
  },
  allowed_origins: goesOut,
  claims: claimsShown,
};

async function firstRequest(source: SourceOptions): Promise<Exchange> {
  const action = (await TokenManager.create(source)).poll(new Ticket());
  if (action.kind !== "send") throw new Difference(`a request was expected, not ${action.kind}`);
  return action.exchange;
}

/** Whether a request goes out, and with the token. */
async function goesOut({ origins, url }: { readonly origins: readonly string[]; readonly url: string }): Promise<boolean> {
  const sent: Array<string | null> = [];
  const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
    sent.push(new Headers(init?.headers).get("authorization"));
    return new Response();
  };
  const tokens = await TokenProvider.bearer("a-token", { allowedOrigins: origins, fetch });
  try {
    await tokens.fetch(url);
  } catch (problem) {
    // Or what the platform itself takes for no address.
    if (!(problem instanceof TrustedProfileError || problem instanceof TypeError)) throw problem;
  } finally {
    tokens.dispose();
  }
  if (sent.length > 0) same("sent", ["Bearer a-token"], sent);
  return sent.length > 0;
}

async function claimsShown(given: string): Promise<unknown> {
  const claims = await claimsOf(given);
  if (claims === undefined) return "no claims";
  const audience = claims["aud"] ?? [];
  const subject = String(claims["sub"] ?? "").split(":");
  const isServiceAccount = subject[0] === "system" && subject[1] === "serviceaccount";
  // What is not there is no member of JSON.
  return {
    iam_id: claims["iam_id"],
    account_id: (claims["account"] as { bss?: string } | undefined)?.bss,
    expires_at: claims["exp"],
    audiences: typeof audience === "string" ? [audience] : audience,
    service_account: isServiceAccount ? subject.slice(2).join("/") : undefined,
  };
}

/** Of a token that a callback brought. */
async function claimsOf(given: string): Promise<Record<string, unknown> | undefined> {
  const machine = await TokenManager.create({ source: "external" });
  const ticket = new Ticket();
  const wanted = machine.poll(ticket);
  if (wanted.kind === "needToken") machine.provideToken(wanted.id, { accessToken: given, expiresIn: 3600 });
  const action = machine.poll(ticket);
  if (action.kind === "ready" && action.token instanceof AccessToken) return action.token.unverifiedClaims();
  // No text is no token, and a token is the only thing that is asked for claims.
  same("the text of what is no token", "", given);
  return undefined;
}
