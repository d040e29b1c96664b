/** A simulator of one's own: the process, its control API and its journal. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

// Keys are made once for a whole run: that takes longer than everything else.
const KEYS = mkdtempSync(join(tmpdir(), "trusted-profile-keys-"));
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill();
  rmSync(KEYS, { recursive: true, force: true });
});

/** Something that the account holds. */
export interface Known {
  readonly id: string;
  readonly iam_id: string;
}

/** What the simulator made before it started, as far as tests want to know it. */
export interface Seed {
  readonly instance: { readonly id: string; readonly crn: string };
  readonly instance_profile: Known;
  readonly cluster: { readonly id: string };
  readonly pod_profile: Known & { readonly crn: string };
  readonly bucket: string;
  readonly api_key: { readonly value: string };
  readonly [name: string]: unknown;
}

/** What a simulator says of itself when it starts, as far as tests want to know it. */
export interface Overview {
  readonly metadata_url: string;
  readonly iam_url: string;
  readonly vpc_url: string;
  readonly object_store_url: string;
  readonly metadata_https_url: string | null;
  readonly iam_https_url: string | null;
  readonly control_url: string;
  readonly control_token: string;
  readonly ca_certificate_pem: string;
  readonly account_id: string;
  readonly seed: Seed;
}

/** The services behind trusted profiles on loopback, with the seeded account. */
export class Simulator {
  readonly #process: ChildProcess;
  readonly overview: Overview;

  private constructor(process: ChildProcess, overview: Overview) {
    this.#process = process;
    this.overview = overview;
  }

  /** Starts one, with further arguments of the command line. */
  static async start(...options: readonly string[]): Promise<Simulator> {
    const program = process.env["TRUSTED_PROFILE_SIMULATOR"];
    if (program === undefined) throw new Error("TRUSTED_PROFILE_SIMULATOR has to name the simulator's program");
    const started = spawn(program, ["--account", "seed", "--json", "--keys", KEYS, ...options], { stdio: ["ignore", "pipe", "inherit"] });
    running.add(started);
    const lines = createInterface({ input: started.stdout });
    const ended = once(started, "exit").then(([code]) => {
      running.delete(started);
      throw new Error(`the simulator ended with ${String(code)}`);
    });
    const [line] = (await Promise.race([once(lines, "line"), ended])) as [string];
    ended.catch(() => undefined);
    // A test that failed before it stopped it ends all the same; and Node 18 runs what comes after the last test only then.
    started.unref();
    (started.stdout as Socket).unref();
    return new Simulator(started, JSON.parse(line) as Overview);
  }

  get metadataUrl(): string {
    return this.overview.metadata_url;
  }

  get iamUrl(): string {
    return this.overview.iam_url;
  }

  get vpcUrl(): string {
    return this.overview.vpc_url;
  }

  get objectStoreUrl(): string {
    return this.overview.object_store_url;
  }

  get seed(): Seed {
    return this.overview.seed;
  }

  /** One call of the control API; what it answers. Not by `fetch`, which tests replace. */
  async control(method: string, path: string, body?: unknown): Promise<unknown> {
    const { control_url, control_token } = this.overview;
    const text = body === undefined ? "" : JSON.stringify(body);
    const call = request(`${control_url}/control/v1/${path}`, {
      method,
      agent: false,
      headers: { authorization: `Bearer ${control_token}`, "content-type": "application/json", "content-length": Buffer.byteLength(text) },
    });
    call.end(text);
    const [answer] = (await once(call, "response")) as [AsyncIterable<Buffer> & { statusCode: number }];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    const said = Buffer.concat(chunks).toString();
    if (answer.statusCode < 200 || answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${said}`);
    return said === "" ? undefined : JSON.parse(said);
  }

  /** Injects a fault, such as `{ kind: "latency", ms: 200 }`. */
  async fault(service: string, fault: Readonly<Record<string, unknown>>, rule: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.control("POST", "faults", { service, fault, ...rule });
  }

  /** Takes all faults away. */
  async heal(): Promise<void> {
    await this.control("DELETE", "faults");
  }

  /** How many such requests arrived. */
  async count(service: string, path: string, method = "POST"): Promise<number> {
    const query = new URLSearchParams({ service, method, path });
    return ((await this.control("GET", `journal/count?${query}`)) as { count: number }).count;
  }

  /** How many IAM tokens were asked for on an instance. */
  exchanges(): Promise<number> {
    return this.count("metadata", "/identity/v1/iam_tokens");
  }

  /** A compute resource token of the seeded cluster, projected into `directory`; its path. */
  async tokenFile(directory: string, token: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const body = { directory, file_name: "sa-token", token: { cluster_id: this.seed.cluster.id, ...token } };
    return ((await this.control("POST", "cr_token_files", body)) as { path: string }).path;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.ref();
    this.#process.kill("SIGTERM");
    await ended;
  }
}
