/** Plays a script against a machine. Runs wherever the package does. */

import { type AccessToken, type Now, TrustedProfileError } from "trusted-profile";
import { type Action, type Answer, type FileRead, Ticket, TokenManager } from "trusted-profile/sansio";
import { Difference, same, sameIfGiven } from "../difference.js";
import { inCamelCase, optionsIn } from "../spelling.js";
import { Unfit } from "../strict_json.js";
import { checkAction } from "./action.js";
import { type Expected, failure, given } from "./expected.js";
import { checkFailure } from "./failure.js";
import { FastPath } from "./fast_path.js";
import { everywhere, Leaks, type Shown } from "./leaks.js";
import { CALLS, type Call, type Script, script, type Step } from "./script.js";
import { only } from "./shapes.js";
import { checkStatus, eventOf } from "./status.js";

/**
 * Plays all steps.
 *
 * @param json - the file, parsed.
 * @param shown - what logs show of a value, where that is more than every runtime shows.
 * @returns what does not go as expected; nothing if all does.
 */
export async function play(json: unknown, shown: Shown = everywhere): Promise<string[]> {
  return (await played(json, shown)).complaints;
}

/** The same, and how often a token that is held made a poll needless. */
export async function played(json: unknown, shown: Shown): Promise<{ readonly complaints: string[]; readonly hits: number }> {
  try {
    return { complaints: [], hits: await playScript(script(json, ""), shown) };
  } catch (problem) {
    if (problem instanceof Difference || problem instanceof Unfit) return { complaints: [problem.message], hits: 0 };
    throw problem;
  }
}

async function playScript(script: Script, shown: Shown): Promise<number> {
  const leaks = new Leaks(script.secrets, shown);
  const machine = await made(script, leaks);
  if (machine === undefined) return 0;
  const player = new Player(machine, script.unix_base, leaks);
  for (const [number, step] of script.steps.entries()) {
    try {
      player.step(step);
    } catch (problem) {
      if (problem instanceof Difference) throw new Difference(`step ${number + 1} at ${step.at}: ${problem.message}`);
      throw problem;
    }
  }
  machine.dispose();
  return player.fastPath.hits;
}

/** The machine; undefined if there is none, as expected. */
async function made({ source, policy, facts, seed, error }: Script, leaks: Leaks): Promise<TokenManager | undefined> {
  const options = { policy: inCamelCase(policy), facts: inCamelCase(facts), seed: BigInt(seed) } as never;
  let machine: TokenManager;
  try {
    machine = await TokenManager.create(inCamelCase(source) as never, options);
  } catch (problem) {
    if (!(problem instanceof TrustedProfileError)) throw problem;
    leaks.check("the error", problem);
    if (error === undefined) throw new Difference(`construction failed: ${problem.message}`);
    checkFailure(failure({ code: error.code }, ""), problem);
    const starts = optionsIn(error.message_starts);
    same("message", starts, problem.summary.slice(0, starts.length));
    return undefined;
  }
  if (error !== undefined) throw new Difference(`expected ${error.code} at construction, but there is a machine`);
  return machine;
}

class Player {
  readonly fastPath: FastPath;
  readonly #machine: TokenManager;
  readonly #unixBase: number;
  readonly #leaks: Leaks;
  readonly #tickets = new Map<string, Ticket>();
  readonly #ids = new Map<string, number>();
  readonly #generations = new Map<string, number>();

  constructor(machine: TokenManager, unixBase: number, leaks: Leaks) {
    this.fastPath = new FastPath(machine);
    this.#machine = machine;
    this.#unixBase = unixBase;
    this.#leaks = leaks;
  }

  step(step: Step): void {
    const now: Now = { monotonic: step.at, unix: step.unix ?? this.#unixBase + step.at };
    const call = only(step, CALLS);
    if (call === "poll" || call === "refresh") {
      if (step.expect === undefined) throw new Difference("the call returns something, and nothing is expected");
      const found = step.poll === undefined ? this.#machine.pollRefresh(now) : this.#poll(step.poll, now);
      this.#returned(step.expect, found);
    } else {
      if (step.expect !== undefined) throw new Difference("the call returns nothing, and something is expected");
      this.#report(step, now);
      this.fastPath.reported();
    }
    this.#events(step);
    const status = this.#machine.status();
    // As a provider does after it told of a refusal.
    if (call === "invalidate" && status.slots.at(-1)?.usableUntil === null) this.fastPath.dropped();
    this.#leaks.check("the status", status);
    this.#leaks.check("the machine", this.#machine);
    if (step.status !== undefined) checkStatus(step.status, status);
  }

  #poll({ ticket: name, slot }: Call<"poll">, now: Now): Action {
    const ticket = this.#tickets.get(name) ?? new Ticket();
    this.#tickets.set(name, ticket);
    return slot === undefined || slot === this.#machine.lastSlot ? this.fastPath.poll(ticket, now) : this.#machine.poll(ticket, slot, now);
  }

  #returned(expected: Expected, found: Action | undefined): void {
    const name = given(expected);
    this.#leaks.check("the action", found);
    if (name !== undefined) {
      if (found?.kind === "ready") this.#generations.set(name, found.token.generation);
      if (found?.kind === "send") this.#ids.set(name, found.exchange.id);
      if (found?.kind === "needFiles" || found?.kind === "needToken") this.#ids.set(name, found.id);
    }
    if (found?.kind === "ready") isNoText(found.token);
    checkAction(expected, found);
  }

  #report(step: Step, now: Now): void {
    const machine = this.#machine;
    if (step.respond !== undefined) machine.handle(this.#id(step.respond.exchange), answerOf(step.respond), now);
    if (step.transport !== undefined) {
      const { exchange, kind, detail, reused } = step.transport;
      machine.fail(this.#id(exchange), kind, detail, reused, now);
    }
    if (step.files !== undefined) machine.provideFiles(this.#id(step.files.input), step.files.reads.map(readOf), now);
    if (step.external !== undefined) this.#external(step.external, now);
    if (step.abandon !== undefined) machine.abandon(this.#id(step.abandon.exchange), now);
    if (step.invalidate !== undefined) {
      machine.invalidate(step.invalidate.slot ?? machine.lastSlot, this.#generation(step.invalidate), now);
    }
    if (step.fork !== undefined) machine.afterFork(BigInt(step.fork.seed));
    if (step.foreign !== undefined) this.#foreign(step.foreign, now);
  }

  #external({ input, token, expires_in, error }: Call<"external">, now: Now): void {
    const id = this.#id(input);
    if (error !== undefined) {
      this.#machine.provideFailure(id, error, now);
    } else if (token !== undefined && expires_in !== undefined) {
      this.#machine.provideToken(id, { accessToken: token, expiresIn: expires_in }, now);
    } else {
      throw new Difference("a callback brings either a token with its life or an error");
    }
  }

  #foreign({ id, token }: Call<"foreign">, now: Now): void {
    const machine = this.#machine;
    machine.handle(id, { status: 200, body: bytes(JSON.stringify({ access_token: token, expires_in: 3600 })) }, now);
    machine.provideToken(id, { accessToken: token, expiresIn: 3600 }, now);
    machine.provideFiles(id, [{ path: "/var/run/secrets/tokens/sa-token", text: token }], now);
    machine.abandon(id, now);
  }

  #events(step: Step): void {
    const happened: unknown[] = [];
    for (let event = this.#machine.pollEvent(); event !== undefined; event = this.#machine.pollEvent()) {
      this.#leaks.check("an event", event);
      happened.push(eventOf(event));
    }
    sameIfGiven("events", step.events, happened);
  }

  #id(name: string): number {
    const id = this.#ids.get(name);
    if (id === undefined) throw new Difference(`nothing is called ${name}`);
    return id;
  }

  #generation(call: Call<"invalidate">): number {
    const generation = call.token === undefined ? call.generation : this.#generations.get(call.token);
    if (generation === undefined) throw new Difference(`no token is called ${call.token}`);
    return generation;
  }
}

/** Nor by mistake. */
function isNoText(token: AccessToken): void {
  let text: string;
  try {
    text = `${token as unknown as string}`;
  } catch {
    return;
  }
  throw new Difference(`a token became text: ${text}`);
}

function readOf({ path, text, problem }: Call<"files">["reads"][number]): FileRead {
  if (text !== undefined && problem === undefined) return { path, text };
  if (text === undefined && problem !== undefined) return { path, problem };
  throw new Difference("a read has either a text or a problem");
}

function answerOf({ status, headers, body, json, body_base64 }: Call<"respond">): Answer {
  if ([body, json, body_base64].filter((given) => given !== undefined).length > 1) throw new Difference("more than one body");
  const text = json === undefined ? (body ?? "") : JSON.stringify(json);
  const whole = body_base64 === undefined ? bytes(text) : Uint8Array.from(atob(body_base64), (character) => character.charCodeAt(0));
  return { status, headers: Object.entries(headers), body: whole };
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
