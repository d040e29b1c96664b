/** A simulated account, and the providers of a program on its instance, in its pod and in a page. */

import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type CommonOptions, type ContainerOptions, type MetadataOptions, type PolicyOptions, TokenProvider } from "trusted-profile";
import { Simulator } from "../simulator.js";

/**
 * What sends: `node:http` for the metadata service and this machine, `fetch` for public hosts, and the package for
 * browsers, which has nothing but `fetch`.
 */
export type Way = "node:http" | "fetch" | "browser";

const PATIENT = { connect: 5000, attempt: 10_000, round: 30_000 };
const HASTY = { connect: 500, attempt: 1000, round: 3000 };
const QUICK = { maxAttempts: 3, backoffBase: 5, backoffMax: 20, cooldown: 0, refreshBackoffBase: 50, refreshBackoffMax: 50 };

/** Forgets failures at once, and is in no hurry however busy the machine is. */
export const CALM: PolicyOptions = { linkLocal: PATIENT, remote: PATIENT, ...QUICK };
/** Rounds end within three seconds, for services that do not answer. */
export const BRISK: PolicyOptions = { linkLocal: HASTY, remote: HASTY, leaseGrace: 500, ...QUICK };

/** A fault of the simulator. */
export interface Fault {
  readonly kind: string;
  readonly [setting: string]: unknown;
}

/** A request on the way to a token, which a fault can strike. */
export class Hop {
  constructor(
    readonly name: string,
    readonly service: "metadata" | "iam",
    readonly method: string,
    readonly path: string,
  ) {}

  /** `fault` at this request, or at all of its service's if it is about connections or clocks. */
  async strike(simulator: Simulator, fault: Fault): Promise<void> {
    const isWide = ["refuse", "not_listening", "unreachable", "skew"].includes(fault.kind);
    await simulator.fault(this.service, fault, isWide ? {} : { method: this.method, path: this.path });
  }
}

export const IDENTITY = new Hop("identity token of the instance", "metadata", "PUT", "/identity/v1/token");
export const INSTANCE = new Hop("IAM token of the instance", "metadata", "POST", "/identity/v1/iam_tokens");
export const POD = new Hop("IAM token of the pod", "iam", "POST", "/identity/token");
export const HOPS = [IDENTITY, INSTANCE, POD] as const;

/** Where a hop is sent by which means. In Node `fetch` never gets to see the metadata service; in a page it is all there is. */
export const PLACES: ReadonlyArray<readonly [Hop, Way]> = [
  [IDENTITY, "node:http"], [INSTANCE, "node:http"], [POD, "node:http"],
  [POD, "fetch"],
  [IDENTITY, "browser"], [INSTANCE, "browser"], [POD, "browser"],
];

// What browsers get, which Node can run as well: it has everything of theirs that this package needs.
const { TokenProvider: InPage } = (await import(pathToFileURL(resolve("dist/browser-index.js")).href)) as { TokenProvider: typeof TokenProvider };

/** A public host, which nobody has: `fetch` is told where it really is. */
const PUBLIC = "https://iam.simulated.invalid";

/** A simulator, and a token file of its pod. */
export class Account {
  private constructor(readonly simulator: Simulator, readonly folder: string, readonly tokenFile: string) {}

  /** Starts one, with further arguments of the simulator's command line. */
  static async start(...options: readonly string[]): Promise<Account> {
    const simulator = await Simulator.start(...options);
    const folder = mkdtempSync(join(tmpdir(), "trusted-profile-account-"));
    return new Account(simulator, folder, await simulator.tokenFile(folder));
  }

  /** That of the program whose requests `hop` is one of. */
  provider(hop: Hop, way: Way, options: CommonOptions): Promise<TokenProvider> {
    if (way === "fetch") return this.#publicPod(options);
    return hop === POD ? this.#pod(way, options) : this.#instance(way, options);
  }

  #instance(way: Way, options: MetadataOptions & CommonOptions): Promise<TokenProvider> {
    const given = { endpoint: this.simulator.metadataUrl, ...options };
    return way === "browser" ? InPage.vpcInstance(given) : TokenProvider.vpcInstance(given);
  }

  #pod(way: Way, options: Partial<ContainerOptions> & CommonOptions): Promise<TokenProvider> {
    const given = { endpoint: this.simulator.iamUrl, profileId: this.simulator.seed.pod_profile.id, crTokenFile: this.tokenFile, ...options };
    if (way !== "browser") return TokenProvider.container(given);
    return InPage.container({ ...given, readFile: async (path) => ({ path, text: readFileSync(path, "utf8") }) });
  }

  /** Node's own `fetch`, by way of which public hosts are reached. */
  #publicPod(options: CommonOptions): Promise<TokenProvider> {
    const { iamUrl } = this.simulator;
    const here = (input: string | URL | Request, init?: RequestInit): Promise<Response> => fetch(String(input).replace(PUBLIC, iamUrl), init);
    return this.#pod("fetch", { endpoint: PUBLIC, fetch: here, ...options });
  }

  /** The status of a request to the object store, which verifies the token. */
  async greeting(token: string): Promise<number> {
    const url = `${this.simulator.objectStoreUrl}/${this.simulator.seed.bucket}/greeting.txt`;
    const call = request(url, { agent: false, headers: { authorization: `Bearer ${token}` } }).end();
    const [answer] = (await once(call, "response")) as [NodeJS.ReadableStream & { statusCode: number }];
    answer.resume();
    return answer.statusCode;
  }

  /** The requests that arrived, secrets and all. */
  async journal(): Promise<Entry[]> {
    return ((await this.simulator.control("GET", "journal?raw=1")) as { entries: Entry[] }).entries;
  }

  async stop(): Promise<void> {
    await this.simulator.stop();
    rmSync(this.folder, { recursive: true });
  }
}

/** A request as the simulator recorded it. */
export interface Entry {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: string;
  readonly response_body: string | null;
}

/** Those of the simulator's schema. */
export function kindsOfFaults(): string[] {
  const schema = JSON.parse(readFileSync("../tests/simulator/faults.schema.json", "utf8")) as {
    $defs: { fault: { oneOf: Array<{ title: string }> } };
  };
  return schema.$defs.fault.oneOf.map((kind) => kind.title).sort();
}
