/** Runs a scenario in one of the ways: in Node as well as in a page. */

import { AccessToken, type TokenProvider, TrustedProfileError } from "trusted-profile";
import { Difference, allIn, same, sameIfGiven } from "../difference.js";
import { optionsIn } from "../spelling.js";
import { type Answer, ask, pause } from "./callers.js";
import type { Outside } from "./outside.js";
import { type Call, type ControlCall, type Counted, type Expected, type ExpectedError, type Scenario, type Step, type Use, asSeenBy } from "./script.js";
import { Setting } from "./setting.js";
import type { Way } from "./ways.js";

/** How long a step may wait for something to show up. */
const PATIENCE_MS = 60_000;

/** Runs all steps. Throws a {@link Difference} at the first that does not hold. */
export async function run(scenario: Scenario, way: Way, outside: Outside): Promise<void> {
  const stage = new Stage(scenario, way, await Setting.start(outside));
  try {
    for (const [index, step] of asSeenBy(way.variant, scenario).steps.entries()) {
      try {
        await stage.step(step);
      } catch (error) {
        if (!(error instanceof Difference)) throw error;
        throw new Difference(`${scenario.name} (step ${index + 1}, ${way.name}): ${error.message}`);
      }
    }
  } finally {
    await stage.close();
  }
}

class Stage {
  readonly #scenario: Scenario;
  readonly #way: Way;
  readonly #setting: Setting;
  #provider: TokenProvider | undefined;
  readonly #tokens = new Map<string, AccessToken>();
  #happened: string[] = [];

  constructor(scenario: Scenario, way: Way, setting: Setting) {
    this.#scenario = scenario;
    this.#way = way;
    this.#setting = setting;
  }

  async step(step: Step): Promise<void> {
    switch (step.kind) {
      case "control": return this.#control(step.of);
      case "cr_token_file": return this.#setting.tokenFile(step.of);
      case "call": return this.#call(step.of);
      case "invalidate": return (await this.#opened()).invalidate(this.#token(step.of));
      case "wait_ms": return pause(step.of);
      case "wait_for_journal": return this.#waitFor(() => this.#setting.count(step.of), step.of.count);
      case "wait_for_failed_refreshes": return this.#waitFor(() => this.#failedRefreshes(), step.of);
      case "journal": return this.#journal(step.of);
      case "events": return this.#events(step.of);
      case "use": return this.#use(step.of);
    }
  }

  async close(): Promise<void> {
    this.#provider?.dispose();
    await this.#setting.stop();
  }

  /** Opened when first needed, so that placeholders of earlier steps are filled. */
  async #opened(): Promise<TokenProvider> {
    this.#provider ??= await this.#way.open(this.#scenario, this.#setting, ({ event }) => this.#happened.push(event));
    return this.#provider;
  }

  // The steps.

  async #control(call: ControlCall): Promise<void> {
    await this.#setting.control(call);
  }

  async #call(call: Call): Promise<void> {
    const tokens = await this.#opened();
    const before = await this.#setting.requests();
    const answers = await ask(tokens, call, async () => (await this.#setting.requests()) > before);
    same("callers that gave up", call.cancelled ?? 0, answers.filter((answer) => answer === undefined).length);
    for (const answer of answers) if (answer !== undefined) this.#answer(call.expect, answer);
    const given = answers.filter((answer) => answer instanceof AccessToken);
    same("different tokens", Math.min(given.length, 1), new Set(given.map((token) => token.value)).size);
    if (given[0] !== undefined) this.#tokens.set(call.as ?? "", given[0]);
  }

  async #failedRefreshes(): Promise<number> {
    return (await this.#opened()).describe().status.slots.at(-1)?.failedRefreshes ?? 0;
  }

  async #journal(all: readonly Counted[]): Promise<void> {
    for (const counted of all) {
      same(`requests ${counted.method} ${counted.path} at ${counted.service}`, counted.count, await this.#setting.count(counted));
    }
  }

  async #events(names: readonly string[]): Promise<void> {
    // What a refresh beside the callers comes to may be told a moment after its cause shows.
    await this.#waitFor(async () => this.#happened.length, names.length);
    same("events", names, this.#happened.splice(0));
  }

  async #use({ token, status }: Use): Promise<void> {
    same("the object store's status", status, await this.#setting.use(this.#token(token).authorization));
  }

  // What they need.

  #answer(expected: Expected, found: NonNullable<Answer>): void {
    if (expected.kind === "error" && found instanceof TrustedProfileError) {
      checkError(expected.of, found);
    } else if (expected.kind === "token_of" && found instanceof AccessToken) {
      same("the token is that of before", true, found.value === this.#token(expected.of).value);
    } else if (expected.kind === "new_token" && found instanceof AccessToken) {
      same("the new token was known as", [], [...this.#tokens].filter(([, known]) => known.value === found.value).map(([name]) => name));
    } else {
      throw new Difference(`expected ${JSON.stringify(expected)}, found ${String(found)}`);
    }
  }

  #token(name: string): AccessToken {
    const token = this.#tokens.get(name);
    if (token === undefined) throw new Difference(`no step gave a token the name ${name}`);
    return token;
  }

  async #waitFor(found: () => Promise<number>, wanted: number): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    for (let now = await found(); now < wanted; now = await found()) {
      if (performance.now() > end) throw new Difference(`waited for ${wanted}, found ${now}`);
      await pause(10);
    }
  }
}

function checkError(expected: ExpectedError, found: TrustedProfileError): void {
  try {
    same("the code", expected.code, found.code);
    sameIfGiven("the status", expected.status, found.status);
    sameIfGiven("the service's code", expected.service_code, found.service?.code);
    sameIfGiven("the attempts", expected.attempts, found.attempts);
    allIn("what is shown", (expected.shows ?? []).map(optionsIn), [found.message]);
  } catch (error) {
    throw new Difference(`${(error as Error).message}; the error was: ${found.message}`);
  }
}
