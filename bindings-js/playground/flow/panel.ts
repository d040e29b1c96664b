/** The part of the page with the flows: what can be pressed, and what is shown of it. */

import type { SourceOptions } from "trusted-profile";
import { busily } from "../busy.js";
import { button, byId, element, radios } from "../dom.js";
import type { Simulator } from "../simulator.js";
import { duration, timeOfDay } from "./clock.js";
import { draw } from "./diagram.js";
import { type Kind, labelOf, TARGETS, TROUBLES } from "./faults.js";
import { type Entry, Flow, type Next } from "./flow.js";
import { remember } from "./history.js";
import { type FileState, Simulated } from "./world.js";

const ABOUT: Readonly<Record<Kind, string>> = {
  vpc_instance: "The metadata service vouches for the instance with an identity token, and makes an IAM token of it for the trusted profile that is linked.",
  container: "The kubelet puts a service account token into a file. IAM makes an IAM token of it for the trusted profile that is linked to the service account.",
};

const TIMES = [["1 min", 60_000], ["10 min", 600_000], ["30 min", 1_800_000], ["1 h", 3_600_000]] as const;

/** The flows. */
export class FlowPanel {
  readonly #simulator: Simulator;
  readonly #world: Simulated;
  #kind: Kind = "vpc_instance";
  #target = 0;
  #isOnce = true;
  #flow: Flow | undefined;
  #steps = 0;
  #isBusy = false;
  /** What was chosen during a step. */
  #chosen: Kind | undefined;
  readonly #step = byId("step", HTMLButtonElement);
  readonly #said = byId("said", HTMLElement);
  readonly #history = byId("history", HTMLOListElement);

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
    this.#world = new Simulated(simulator);
  }

  /** Fills the page, and begins with the flow of an instance. */
  async open(): Promise<void> {
    const kinds = [["vpc_instance", "VPC instance"], ["container", "Pod in a cluster"]] as const;
    byId("kinds", HTMLElement).append(radios("Where the program runs", "kind", kinds, this.#kind, (kind) => void this.#choose(kind as Kind)));
    this.#step.addEventListener("click", () => void this.#act(async () => this.#note(await this.#flow?.step())));
    byId("restart", HTMLButtonElement).addEventListener("click", () => void this.#act(() => this.#begin(this.#kind)));
    byId("refuse", HTMLButtonElement).addEventListener("click", () => void this.#act(async () => this.#note(this.#flow?.refuse())));
    byId("heal", HTMLButtonElement).addEventListener("click", () => void this.#act(() => this.#heal()));
    byId("times", HTMLElement).append(...TIMES.map(([text, ms]) => button(`+ ${text}`, () => void this.#act(async () => this.#note(this.#flow?.advance(ms))), { "data-time": text })));
    const troubles = TROUBLES.map(({ label, fault }) => button(label, () => void this.#act(() => this.#break(label, fault)), { "data-trouble": label }));
    byId("troubles", HTMLElement).append(...troubles);
    const files = [["token", "a token"], ["missing", "is not there"], ["empty", "nothing"]] as const;
    byId("file", HTMLElement).append(radios("The token file holds", "file", files, "token", (state) => (this.#world.file = state as FileState)));
    const howOften = [["once", "Once"], ["always", "Until it is healed"]] as const;
    byId("how-often", HTMLElement).append(radios("How often", "how-often", howOften, "once", (value) => (this.#isOnce = value === "once")));
    await this.#begin(this.#kind);
    await this.#show();
  }

  /** At once, or after the step that is under way: the choice shows already. */
  async #choose(kind: Kind): Promise<void> {
    this.#chosen = kind;
    await this.#act(() => Promise.resolve());
  }

  async #begin(kind: Kind): Promise<void> {
    await this.#simulator.heal();
    this.#flow?.close();
    this.#kind = kind;
    this.#target = 0;
    this.#steps = 0;
    this.#history.replaceChildren();
    this.#flow = await Flow.of(this.#source(), this.#world, { seed: 7n });
    byId("about", HTMLElement).textContent = ABOUT[kind];
    byId("file", HTMLElement).hidden = kind !== "container";
    const targets = TARGETS[kind].map(({ label }, index) => [String(index), label] as const);
    byId("targets", HTMLElement).replaceChildren(radios("At the request for the", "target", targets, "0", (index) => (this.#target = Number(index))));
    this.#said.textContent = "Nothing has happened yet.";
  }

  #source(): SourceOptions {
    const { metadata_url, iam_url, seed } = this.#simulator.facts;
    if (this.#kind === "vpc_instance") return { source: "vpc_instance", endpoint: metadata_url };
    return { source: "container", endpoint: iam_url, profileId: seed.pod_profile.id };
  }

  async #break(label: string, fault: Readonly<Record<string, unknown>>): Promise<void> {
    const targets = TARGETS[this.#kind];
    const { service, method, path, label: what } = targets[this.#target] ?? targets[0];
    await this.#simulator.fault({ service, method, path, fault, ...(this.#isOnce ? { times: 1 } : {}) });
    this.#said.textContent = `${label}: at the ${this.#isOnce ? "next request" : "requests"} for the ${what}.`;
  }

  async #heal(): Promise<void> {
    await this.#simulator.heal();
    this.#said.textContent = "Nothing will go wrong.";
  }

  #note(entry: Entry | undefined): void {
    if (entry === undefined) return;
    this.#steps += 1;
    remember(this.#history, entry, this.#steps);
    this.#said.textContent = entry.text;
  }

  /** One thing at a time, and what it changed is shown. A button that was pressed keeps the focus, so none is disabled. */
  async #act(work: () => Promise<void>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      await busily(async () => {
        await work();
        do {
          const chosen = this.#chosen;
          this.#chosen = undefined;
          if (chosen !== undefined) await this.#begin(chosen);
          await this.#show();
        } while (this.#chosen !== undefined);
      });
    } catch (error) {
      this.#chosen = undefined;
      this.#said.textContent = `The simulator could not be asked: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      this.#isBusy = false;
    }
  }

  async #show(): Promise<void> {
    const flow = this.#flow;
    if (flow === undefined) return;
    draw(byId("slots", HTMLOListElement), flow);
    byId("clock", HTMLElement).textContent = timeOfDay(flow.now.unix);
    this.#step.textContent = labelOfNext(flow.next);
    const waiting = await this.#simulator.faults();
    const listed = waiting.map(({ fault, path, times }) => element("li", {}, `${labelOf(fault)} at ${path}, ${times === undefined ? "until it is healed" : "once"}`));
    byId("waiting", HTMLUListElement).replaceChildren(...(listed.length === 0 ? [element("li", {}, "Nothing.")] : listed));
  }
}

function labelOfNext(next: Next): string {
  switch (next.kind) {
    case "ask":
      return "Ask for a token";
    case "poll":
      return "Poll the machine";
    case "send":
      return `Send ${next.exchange.method} ${new URL(next.exchange.url).pathname}`;
    case "answer":
      return next.outcome.kind === "answer" ? "Hand over the answer" : "Tell that none came";
    case "read":
      return "Read the token file";
    case "wait":
      return `Wait ${duration(next.atMost)}`;
  }
}
