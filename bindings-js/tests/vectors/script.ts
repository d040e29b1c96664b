/** A script as it stands in its file. Times are in milliseconds. */

import { anything, list, map, oneOf, optional, optionally, type Read, record, text, whole, flag } from "../shape.js";
import { expected, status } from "./expected.js";

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
      status: whole,
      headers: optionally(map(text), {}),
      body: optional(text),
      json: optional(anything),
      body_base64: optional(text),
    }),
  ),
  /** No answer came. */
  transport: optional(record({ exchange: text, kind: failures, reused: optionally(flag, false), detail: optionally(text, "") })),
  /** What came of the token files. */
  files: optional(record({ input: text, reads: list(record({ path: text, text: optional(text), problem: optional(problems) })) })),
  /** What came of the program's own callback. */
  external: optional(record({ input: text, token: optional(text), expires_in: optional(whole), error: optional(text) })),
  /** The driver gives an exchange or input up. */
  abandon: optional(record({ exchange: text })),
  /** A service refused a token. */
  invalidate: optional(record({ slot: optional(slot), token: optional(text), generation: optional(whole) })),
  /** From here on the machine is the one of a forked child. */
  fork: optional(record({ seed: whole })),
  /** Reports of every kind under an id that the machine never gave out. */
  foreign: optional(record({ id: whole, token: text })),
};

/** The names of the calls. */
export const CALLS = Object.keys(calls) as ReadonlyArray<keyof typeof calls>;

/** One call of the machine, and what comes of it. */
const step = record({
  at: whole,
  unix: optional(whole),
  why: optional(text),
  ...calls,
  expect: optional(expected),
  events: optional(list(anything)),
  status: optional(status),
});

/** One file of `scripts/`. */
export const script = record({
  $schema: text,
  prng: oneOf("splitmix64"),
  name: text,
  about: text,
  origin: text,
  rules: list(text),
  seed: whole,
  unix_base: whole,
  source: map(anything),
  policy: optional(map(anything)),
  facts: optional(map(anything)),
  secrets: list(text),
  error: optional(record({ code: text, message_starts: text })),
  steps: optionally(list(step), []),
});

export type Script = Read<typeof script>;
export type Step = Read<typeof step>;
/** The arguments of a call. */
export type Call<N extends keyof typeof calls> = NonNullable<Step[N]>;
