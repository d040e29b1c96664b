/** What the flows meet: the simulator, at the page's time, and a pod's token file. */

import type { Exchange, FileRead } from "trusted-profile/sansio";
import type { Now, Outcome, World } from "./flow.js";
import type { Simulator } from "../simulator.js";

/** How long a person waits for an answer that is known not to come, in real milliseconds; the flow's time is another. */
const PATIENCE = 1000;

/** How long one waits for any other answer: what the simulator does at once may take its time on a busy machine. */
const LONGEST = 60_000;

/** What a pod's token file holds. */
export type FileState = "token" | "missing" | "empty";

/** The simulator as the world of a flow. */
export class Simulated implements World {
  readonly #simulator: Simulator;
  /** What the pod's token file holds at the next look. */
  file: FileState = "token";

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  async send(exchange: Exchange, now: Now): Promise<Outcome> {
    await this.#keepTime(now);
    const isAwaited = !(await this.#simulator.faults()).some(({ fault, path }) => fault["kind"] === "hang" && exchange.url.includes(path));
    const late = AbortSignal.timeout(isAwaited ? LONGEST : PATIENCE);
    try {
      const response = await fetch(exchange.url, {
        method: exchange.method,
        headers: exchange.headers.map(([name, value]): [string, string] => [name, value]),
        ...(exchange.body === "" ? {} : { body: exchange.body }),
        redirect: "manual",
        cache: "no-store",
        credentials: "omit",
        signal: late,
      });
      if (response.type === "opaqueredirect") return { kind: "failure", failure: "redirect", detail: "It was a redirect, which is never followed.", took: 0 };
      const bytes = new Uint8Array(await response.arrayBuffer());
      const answer = { status: response.status, headers: [...response.headers], body: new TextDecoder().decode(bytes) };
      return { kind: "answer", answer, bytes };
    } catch {
      if (!late.aborted) return { kind: "failure", failure: "interrupted", detail: "The connection was cut.", took: 0 };
      return { kind: "failure", failure: "read_timeout", detail: `Nothing came within ${exchange.timeout / 1000} s.`, took: exchange.timeout };
    }
  }

  async read(paths: readonly string[], now: Now): Promise<readonly FileRead[]> {
    await this.#keepTime(now);
    const reads: FileRead[] = [];
    for (const path of paths) {
      if (this.file === "missing") reads.push({ path, problem: "not_found" });
      else if (this.file === "empty") reads.push({ path, problem: "empty" });
      else return [...reads, { path, text: await this.#simulator.podToken() }];
    }
    return reads;
  }

  /** The services live at the page's time, or they would refuse what they issued, and the machine would report their clocks. */
  #keepTime(now: Now): Promise<void> {
    return this.#simulator.setClocks(Math.round((now.unix - Date.now()) / 1000));
  }
}
