/** A script as it stands in its file. Times are in milliseconds. */

import { anything, count, listOf, members, oneOf, optional, record, text } from "../strict_json.js";
import { expected, status } from "./expected.js";
import { flag, mapOf, otherwise, type Read } from "./shapes.js";

const slot = oneOf("identity", "iam", "assumed");
const failures = oneOf(
  "dns", "refused", "unreachable", "connect_timeout", "read_timeout", "proxy", "tls_expired", "tls_name", "tls_unknown_issuer", "tls",
  "redirect", "interrupted", "too_large", "other",
);
const problems = oneOf("not_found", "empty", "denied", "too_large", "not_text");

const calls = {
  /** A caller asks for a token. A ticket of a new name is a new ticket. */
  poll: optional(record({ ticket: text, slot: optional(slot) })),
  /** A volunteer asks for work. */
  refresh: optional(record({})),
  /** An answer came. */
  respond: optional(
    record({
      exchange: text,
      status: count,
      headers: otherwise(mapOf(text), {}),
      body: optional(text),
      json: optional(anything),
      body_base64: optional(text),
    }),
  ),
  /** No answer came. */
  transport: optional(record({ exchange: text, kind: failures, reused: otherwise(flag, false), detail: otherwise(text, "") })),
  /** What came of the token files. */
  files: optional(record({ input: text, reads: listOf(record({ path: text, text: optional(text), problem: optional(problems) })) })),
  /** What came of the program's own callback. */
  external: optional(record({ input: text, token: optional(text), expires_in: optional(count), error: optional(text) })),
  /** The driver gives an exchange or input up. */
  abandon: optional(record({ exchange: text })),
  /** A service refused a token. */
  invalidate: optional(record({ slot: optional(slot), token: optional(text), generation: optional(count) })),
  /** From here on the machine is the one of a forked child. */
  fork: optional(record({ seed: count })),
  /** Reports of every kind under an id that the machine never gave out. */
  foreign: optional(record({ id: count, token: text })),
};

/** The names of the calls. */
export const CALLS = Object.keys(calls) as ReadonlyArray<keyof typeof calls>;

/** One call of the machine, and what comes of it. */
const step = record({
  at: count,
  unix: optional(count),
  why: optional(text),
  ...calls,
  expect: optional(expected),
  events: optional(listOf(anything)),
  status: optional(status),
});

/** One file of `scripts/`. */
export const script = record({
  $schema: text,
  prng: oneOf("splitmix64"),
  name: text,
  about: text,
  origin: text,
  rules: listOf(text),
  seed: count,
  unix_base: count,
  source: members,
  policy: optional(members),
  facts: optional(members),
  secrets: listOf(text),
  error: optional(record({ code: text, message_starts: text })),
  steps: otherwise(listOf(step), []),
});

export type Script = Read<typeof script>;
export type Step = Read<typeof step>;
/** The arguments of a call. */
export type Call<N extends keyof typeof calls> = NonNullable<Step[N]>;
