/** What happened, and what the machine knows. Times are in milliseconds. */

import type { ErrorFacts } from "./error.js";
import type { Slot } from "./token.js";

/** What happened to a token. */
export type TokenEvent =
  | { readonly event: "fetched"; readonly slot: Slot; readonly lifeMs: number }
  | { readonly event: "refreshed"; readonly slot: Slot; readonly lifeMs: number; readonly replacedAgeMs: number }
  | { readonly event: "refresh_failed"; readonly slot: Slot; readonly error: ErrorFacts; readonly tokenAgeMs: number }
  | { readonly event: "not_ready"; readonly slot: Slot; readonly error: ErrorFacts; readonly remainingMs: number }
  | { readonly event: "failed"; readonly slot: Slot; readonly error: ErrorFacts }
  | { readonly event: "invalidated"; readonly slot: Slot; readonly generation: number }
  | { readonly event: "clock_skew"; readonly seconds: number };

/** A moment as the machine tells it. */
export type Instant = { readonly monotonicMs: number; readonly unixMs: number } | "never";

/** One step of the chain. */
export interface SlotStatus {
  readonly slot: Slot;
  /** How many tokens of this step there were; 0 before the first. */
  readonly generation: number;
  /** The token is handed out until then; null without one. */
  readonly usableUntil: Instant | null;
  /** It is refreshed from then on; null without one. */
  readonly refreshAt: Instant | null;
  /** Whether the next one is being fetched. */
  readonly fetching: boolean;
  /** How many refreshes failed in a row. */
  readonly failedRefreshes: number;
  /** What failed last, and when; it stays there when a later round succeeds. */
  readonly lastFailure: { readonly at: Instant; readonly error: ErrorFacts } | null;
}

/** What the machine knows. Holds no secret. */
export interface Status {
  readonly source: string;
  readonly slots: readonly SlotStatus[];
  readonly protocol: "http" | "https" | null;
  readonly clockSkewSeconds: number | null;
}

/** How the metadata service of an instance is reached. */
export interface MetadataService {
  /** Its address. */
  readonly endpoint: string;
  /** The version date that it is asked with. */
  readonly version: string;
  /** Whether it is that of a bare metal server, which has nothing to read but tokens and certificates. */
  readonly bareMetal: boolean;
}
