/** The simulators of the scenarios that run. */

import { mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileRead } from "trusted-profile";
import { Simulator } from "../simulator.js";
import type { Outside, Started } from "./outside.js";

interface Running {
  readonly simulator: Simulator;
  readonly folder: string;
}

/** Those of a runner in Node or, with the origin of a page, of one there. */
export class Simulators implements Outside {
  readonly #options: readonly string[];
  readonly #running = new Map<number, Running>();
  #last = 0;

  constructor(...options: readonly string[]) {
    this.#options = options;
  }

  async start(): Promise<Started> {
    const id = (this.#last += 1);
    const [simulator, folder] = await Promise.all([Simulator.start(...this.#options), mkdtemp(join(tmpdir(), "trusted-profile-scenario-"))]);
    this.#running.set(id, { simulator, folder });
    return { id, values: valuesOf(simulator) };
  }

  async stop(id: number): Promise<void> {
    const { simulator, folder } = this.#at(id);
    this.#running.delete(id);
    await Promise.all([simulator.stop(), rm(folder, { recursive: true })]);
  }

  control(id: number, method: string, path: string, body: unknown): Promise<unknown> {
    return this.#at(id).simulator.control(method, path, body ?? undefined);
  }

  async tokenFile(id: number, token: unknown): Promise<{ readonly path: string; readonly id: string }> {
    const { simulator, folder } = this.#at(id);
    return (await simulator.control("POST", "cr_token_files", { directory: folder, file_name: "sa-token", token })) as { path: string; id: string };
  }

  /** As a program would that brings a way of its own. */
  async readFile(path: string, maxBytes: number): Promise<FileRead> {
    try {
      const text = readFileSync(path, "utf8");
      if (text.length > maxBytes) return { path, problem: "too_large" };
      return text.trim() === "" ? { path, problem: "empty" } : { path, text };
    } catch {
      return { path, problem: "not_found" };
    }
  }

  #at(id: number): Running {
    const running = this.#running.get(id);
    if (running === undefined) throw new Error(`no simulator ${id} is running`);
    return running;
  }
}

function valuesOf({ overview, seed }: Simulator): Record<string, string> {
  return {
    metadata_url: overview.metadata_url,
    iam_url: overview.iam_url,
    object_store_url: overview.object_store_url,
    account_id: overview.account_id,
    instance_id: seed.instance.id,
    instance_crn: seed.instance.crn,
    instance_profile_id: seed.instance_profile.id,
    instance_profile_iam_id: seed.instance_profile.iam_id,
    pod_profile_id: seed.pod_profile.id,
    pod_profile_crn: seed.pod_profile.crn,
    cluster_id: seed.cluster.id,
    bucket: seed.bucket,
    api_key: seed.api_key.value,
  };
}
