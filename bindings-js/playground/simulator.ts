/** The simulator that was started with the page, and its control API. */

/** Something of its account. */
interface Known {
  readonly id: string;
}

/** What the page is told of it, by the server that started it. */
export interface Facts {
  readonly metadata_url: string;
  readonly iam_url: string;
  readonly vpc_url: string;
  readonly containers_url: string;
  readonly control_url: string;
  readonly control_token: string;
  readonly seed: {
    readonly instance: Known;
    readonly instance_profile: Known;
    readonly cluster: Known;
    readonly pod_profile: Known;
    readonly api_key: { readonly value: string };
  };
}

/** A rule of its fault scripts. */
export interface FaultRule {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly fault: Readonly<Record<string, unknown>>;
  /** How often; until it is taken away, unless given. */
  readonly times?: number;
}

/** The simulator. */
export class Simulator {
  readonly facts: Facts;

  private constructor(facts: Facts) {
    this.facts = facts;
  }

  /** The one that belongs to this page. */
  static async open(): Promise<Simulator> {
    const response = await fetch("simulator.json", { cache: "no-store" });
    if (!response.ok) throw new Error(`the server of this page answered ${response.status}`);
    return new Simulator((await response.json()) as Facts);
  }

  /** Has the next requests go wrong. */
  async fault(rule: FaultRule): Promise<void> {
    await this.#control("POST", "faults", rule);
  }

  /** The rules that have not been used up. */
  async faults(): Promise<readonly FaultRule[]> {
    const list = (await this.#control("GET", "faults")) as ReadonlyArray<{ readonly rule: FaultRule }>;
    return list.map(({ rule }) => rule).filter(({ times }) => times !== 0);
  }

  /** Takes all faults away. */
  async heal(): Promise<void> {
    await this.#control("DELETE", "faults");
  }

  /** Moves the clocks of the services on the token path so far from this machine's. */
  async setClocks(seconds: number): Promise<void> {
    await this.#control("PATCH", "settings", { clock_skew_seconds: { metadata: seconds, iam: seconds } });
  }

  /** What the kubelet would put into a pod's token file now. */
  async podToken(): Promise<string> {
    const body = { cluster_id: this.facts.seed.cluster.id, namespace: "default", service_account: "default" };
    return ((await this.#control("POST", "service_account_tokens", body)) as { readonly token: string }).token;
  }

  async #control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.facts.control_url}/control/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.facts.control_token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the simulator answered ${response.status} to ${method} ${path}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}
