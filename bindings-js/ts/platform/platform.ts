/** What differs between Node and browsers. */

import type { FileRead } from "../action.js";
import type { Facts } from "../options.js";
import type { Fetch, Transport } from "../transport/transport.js";

/** What a provider wants of its transports. */
export interface TransportOptions {
  readonly fetch?: Fetch | undefined;
  readonly ca?: string | readonly string[] | undefined;
}

/** The transports of one provider, and what closes them. */
export interface Transports {
  readonly name: string;
  readonly send: Transport;
  close(): void;
}

/** The place where this runs. */
export interface Platform {
  readonly name: "node" | "browser";
  /** Of base64 of gzip. */
  inflate(compressed: string): Promise<Uint8Array<ArrayBuffer>>;
  transports(options: TransportOptions): Transports;
  /** Undefined where there are no files. */
  readonly readFile?: (path: string, maxBytes: number) => Promise<FileRead>;
  facts(): Facts;
  /** Tells the developer, once for each text. */
  warn(message: string): void;
}
