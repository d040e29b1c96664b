/** What the page wants of the catalog; `connected.ts` has it from the package. */

import type { ShownRequest } from "../shown.js";

/** The clients, by which an operation is called. */
export type ClientName = "vpc" | "iam" | "metadata" | "containers";

/** An argument of an operation. */
export interface Argument {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "body" | (string & {});
  /** `string`, `secret`, `integer`, `boolean`, `strings`; of a body `json`, `merge_patch`, `form`, `xml`. */
  readonly type: string;
  readonly required: boolean;
}

/** An operation. */
export interface Operation {
  readonly client: ClientName;
  /** Its method in snake_case. */
  readonly methodName: string;
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Which token it takes; null for none of a provider's. */
  readonly auth: string | null;
  readonly isDeprecated: boolean;
  readonly arguments: readonly Argument[];
  /** `json`, `text`, `xml`, `yes_or_no`; null for nothing. */
  readonly answer: string | null;
  readonly hasPages: boolean;
}

/** Arguments by the API's own names. */
export type Arguments = Readonly<Record<string, unknown>>;

/** Whose addresses requests have: only the simulator is ever called. */
export type Where = "simulator" | "cloud";

/** An answer, read. */
export interface Reply {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly value: unknown;
}

/** Every operation, and what can be done with one. */
export interface Catalog {
  readonly operations: readonly Operation[];
  /** The request of an operation; throws what is wrong with the arguments. */
  request(operation: Operation, args: Arguments, where: Where): Promise<ShownRequest>;
  /** The address of the service that has an operation, in the simulator. */
  serviceUrl(operation: Operation): string;
  /** Has the simulator answer it. */
  call(operation: Operation, args: Arguments): Promise<Reply>;
  /** The same, a page at a time. */
  pages(operation: Operation, args: Arguments): AsyncIterator<Reply>;
}
