/** The simulator of one scenario, and what placeholders stand for. */

import type { FileRead } from "trusted-profile";
import type { Outside } from "./outside.js";
import type { ControlCall, Counted } from "./script.js";

export class Setting {
  readonly #outside: Outside;
  readonly #id: number;
  readonly #values: Record<string, string>;

  private constructor(outside: Outside, id: number, values: Readonly<Record<string, string>>) {
    this.#outside = outside;
    this.#id = id;
    this.#values = { ...values };
  }

  /** Starts the simulator. */
  static async start(outside: Outside): Promise<Setting> {
    const { id, values } = await outside.start();
    return new Setting(outside, id, values);
  }

  /** `value` with every `{placeholder}` filled in; with other values for some of them, if given. */
  fill<T>(value: T, others: Readonly<Record<string, string>> = {}): T {
    return filled(value, { ...this.#values, ...others }) as T;
  }

  /** What a placeholder stands for. */
  value(name: string): string {
    return this.fill(`{${name}}`);
  }

  /** Calls the control API. */
  async control({ method, path, body }: ControlCall): Promise<void> {
    await this.#outside.control(this.#id, method, this.fill(path), this.fill(body));
  }

  /** Projects a token file. Fills `{cr_token_file}` and `{cr_token_file_id}`. */
  async tokenFile(token: Readonly<Record<string, unknown>>): Promise<void> {
    const file = await this.#outside.tokenFile(this.#id, this.fill({ cluster_id: "{cluster_id}", ...token }));
    this.#values["cr_token_file"] = file.path;
    this.#values["cr_token_file_id"] = file.id;
  }

  readFile(path: string, maxBytes: number): Promise<FileRead> {
    return this.#outside.readFile(path, maxBytes);
  }

  /** How many such requests crossed the wire. */
  count({ service, method, path }: Omit<Counted, "count">): Promise<number> {
    return this.#counted(new URLSearchParams({ service, method, path }));
  }

  /** How many requests for tokens crossed the wire. A browser's question whether it may ask is none. */
  async requests(): Promise<number> {
    const [put, post] = await Promise.all(["PUT", "POST"].map((method) => this.#counted(new URLSearchParams({ method }))));
    return (put ?? 0) + (post ?? 0);
  }

  /** The object store's status for a token. */
  async use(authorization: string): Promise<number> {
    const response = await fetch(this.fill("{object_store_url}/{bucket}/greeting.txt"), { headers: { authorization } });
    await response.text();
    return response.status;
  }

  async stop(): Promise<void> {
    await this.#outside.stop(this.#id);
  }

  async #counted(query: URLSearchParams): Promise<number> {
    return ((await this.#outside.control(this.#id, "GET", `journal/count?${query}`, null)) as { count: number }).count;
  }
}

function filled(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") return value.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  if (Array.isArray(value)) return value.map((item) => filled(item, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member, values)]));
}
