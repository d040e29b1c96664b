/** A scenario as it stands in its file. Times are in milliseconds. */

import { type Only, type Reader, Unfit, anything, count, exactlyOne, listOf, members, oneOf, optional, record, text } from "../strict_json.js";

/** A call of the simulator's control API. */
export interface ControlCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Parts of the error that every caller gets. */
export interface ExpectedError {
  readonly code: string;
  readonly status: number | undefined;
  readonly service_code: string | undefined;
  readonly attempts: number | undefined;
  readonly shows: readonly string[] | undefined;
}

/** What every caller gets that did not give up: a token that nobody had before, that of a name, or an error. */
export type Expected = { readonly kind: "new_token" } | Only<{ token_of: string; error: ExpectedError }>;

/** Callers ask for the token, all at once; the first `cancelled` of them give up. */
export interface Call {
  readonly callers: number | undefined;
  readonly cancelled: number | undefined;
  readonly timeout_ms: number | undefined;
  readonly as: string | undefined;
  readonly expect: Expected;
}

/** Requests in the journal. */
export interface Counted {
  readonly service: "metadata" | "iam" | "object_store";
  readonly method: string;
  readonly path: string;
  readonly count: number;
}

/** A token at the object store, and the status there. */
export interface Use {
  readonly token: string;
  readonly status: number;
}

/** What a step can be. */
export interface Steps {
  control: ControlCall;
  cr_token_file: Readonly<Record<string, unknown>>;
  call: Call;
  invalidate: string;
  wait_ms: number;
  wait_for_journal: Counted;
  wait_for_failed_refreshes: number;
  journal: readonly Counted[];
  events: readonly string[];
  use: Use;
}

/** One step. */
export type Step = Only<Steps>;

/** One file. */
export interface Scenario {
  readonly name: string;
  readonly origin: string;
  readonly rules: readonly string[];
  readonly source: Readonly<Record<string, unknown>>;
  readonly policy: Readonly<Record<string, unknown>> | undefined;
  readonly steps: readonly Step[];
  readonly variants: Readonly<Record<Variant, StepsByNumber | undefined>> | undefined;
}

/** Transports that see something else: a page is not told why no answer came; some inflate compressed answers whole. */
export type Variant = "page" | "inflating";

/** The steps that take the place of those with these numbers, from 1. */
export type StepsByNumber = Readonly<Record<string, Step>>;

const expectedError = record<ExpectedError>({
  code: text,
  status: optional(count),
  service_code: optional(text),
  attempts: optional(count),
  shows: optional(listOf(text)),
});

const tokenOrError = exactlyOne({ token_of: text, error: expectedError });
const expected: Reader<Expected> = (value, where) => (value === "new_token" ? { kind: value } : tokenOrError(value, where));

const counted = record<Counted>({ service: oneOf("metadata", "iam", "object_store"), method: text, path: text, count });

const step = exactlyOne<Steps>({
  control: record<ControlCall>({ method: text, path: text, body: anything }),
  cr_token_file: members,
  call: record<Call>({ callers: optional(count), cancelled: optional(count), timeout_ms: optional(count), as: optional(text), expect: expected }),
  invalidate: text,
  wait_ms: count,
  wait_for_journal: counted,
  wait_for_failed_refreshes: count,
  journal: listOf(counted),
  events: listOf(text),
  use: record<Use>({ token: text, status: count }),
});

const stepsByNumber: Reader<StepsByNumber> = (value, where) =>
  Object.fromEntries(Object.entries(members(value, where)).map(([number, variant]) => [number, step(variant, `${where}/${number}`)]));

const scenario = record<Scenario>({
  name: text,
  origin: text,
  rules: listOf(text),
  source: members,
  policy: optional(members),
  steps: listOf(step),
  variants: optional(record({ page: optional(stepsByNumber), inflating: optional(stepsByNumber) })),
});

/** A scenario of the JSON of its file. */
export function read(json: unknown, where: string): Scenario {
  const found = scenario(json, where);
  for (const [number, variant] of Object.values(found.variants ?? {}).flatMap((steps) => Object.entries(steps ?? {}))) {
    if (found.steps[Number(number) - 1]?.kind !== variant.kind) {
      throw new Unfit(`${where}: a variant of step ${number} is of another sort, or there is no such step`);
    }
  }
  return found;
}

/** The scenario as a transport sees it. */
export function asSeenBy(variant: Variant | undefined, seen: Scenario): Scenario {
  const others = variant === undefined ? undefined : seen.variants?.[variant];
  if (others === undefined) return seen;
  return { ...seen, steps: seen.steps.map((step, index) => others[index + 1] ?? step), variants: undefined };
}
