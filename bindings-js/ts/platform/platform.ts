/** What differs between Node and browsers. */

import type { FileRead } from "../action.js";
import type { Facts } from "../options.js";
import type { Fetch, Transport } from "../transport/transport.js";
import type { Instance } from "../wasm/module.js";

/**
 * What a provider wants of its transports.
 *
 * @internal
 */
export interface TransportOptions {
  readonly fetch?: Fetch | undefined;
  readonly ca?: string | Uint8Array | ReadonlyArray<string | Uint8Array> | undefined;
}

/**
 * The transports of one provider, and what closes them.
 *
 * @internal
 */
export interface Transports {
  readonly name: string;
  readonly send: Transport;
  close(): void;
}

/** Why a provider has the source it has. */
export interface Choice {
  /** Why this source. */
  readonly reason: string;
  /** Where each option comes from, if it was found in the program's surroundings. */
  readonly settings: ReadonlyArray<{ readonly option: string; readonly origin: string }>;
  /** What was found and not used, each with the reason. */
  readonly passedOver: readonly string[];
}

/**
 * Makes a machine in an instance: of its policy, the facts and a seed.
 *
 * @internal
 */
export type Make = (instance: Instance, policy: string, facts: string, seed: bigint) => InstanceType<Instance["Machine"]>;

/**
 * The place where this runs.
 *
 * @internal
 */
export interface Platform {
  readonly name: "node" | "browser";
  /** Of base64 of gzip. */
  inflate(compressed: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The same at once. Undefined where that is not possible. */
  readonly inflateNow?: (compressed: string) => Uint8Array<ArrayBuffer>;
  transports(options: TransportOptions): Transports;
  /** Undefined where there are no files. */
  readonly readFile?: (path: string, maxBytes: number) => Promise<FileRead>;
  /** What the surroundings of the program say of the source of `service`. Undefined where there are none. */
  readonly environment?: (service: string) => Promise<{ readonly choice: Choice; readonly make: Make }>;
  facts(): Facts;
  /** Tells the developer, once for each text. */
  warn(message: string): void;
}
