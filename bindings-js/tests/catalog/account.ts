/** What the tests of clients share. */

import { after, afterEach, before } from "node:test";
import { TokenProvider } from "trusted-profile";
import { Vpc, type VpcOptions } from "trusted-profile/catalog";
import { Simulator } from "../simulator.js";

/** A simulator for the tests of a file, and what was made on it. */
export class Account {
  #simulator: Simulator | undefined;
  readonly #made: TokenProvider[] = [];

  constructor(...options: readonly string[]) {
    before(async () => {
      this.#simulator = await Simulator.start(...options);
    });
    afterEach(async () => {
      for (const tokens of this.#made.splice(0)) tokens.dispose();
      await this.#simulator?.heal();
    });
    after(() => this.#simulator?.stop());
  }

  get simulator(): Simulator {
    if (this.#simulator === undefined) throw new Error("it is there once a test runs");
    return this.#simulator;
  }

  /** Where a service listens. */
  url(name: "vpc_url" | "containers_url"): string {
    return (this.simulator.overview as unknown as Record<typeof name, string>)[name];
  }

  /** A provider with the API key of the account. */
  async tokens(): Promise<TokenProvider> {
    const tokens = await TokenProvider.apiKey(this.simulator.seed.api_key.value, { endpoint: this.simulator.iamUrl });
    this.#made.push(tokens);
    return tokens;
  }

  /** A provider of the instance. */
  async instance(): Promise<TokenProvider> {
    const tokens = await TokenProvider.vpcInstance({ endpoint: this.simulator.metadataUrl });
    this.#made.push(tokens);
    return tokens;
  }

  /** A client of VPC, with tokens of its own unless given. */
  async vpc(options: VpcOptions = {}, tokens?: TokenProvider): Promise<Vpc> {
    return new Vpc(tokens ?? (await this.tokens()), { endpoint: this.url("vpc_url"), ...options });
  }
}

/** What an iteration brings. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
