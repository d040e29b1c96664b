/** What crosses the border to WebAssembly and back: JSON with the core's names, which are not JavaScript's. */

import { type ErrorFacts, type ErrorKind, TrustedProfileError } from "../error.js";
import type { ErrorCode } from "../errors.js";
import { BY_CODE } from "./classes.js";
import { camel, spelled } from "./spelling.js";

/** Names in camelCase, at every depth; in the words of errors those of options. */
export function camelized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelized);
  if (typeof value !== "object" || value === null) return value;
  const named = Object.fromEntries(Object.entries(value).map(([name, inner]) => [camel(name), camelized(inner)]));
  return "causes" in named ? spelled(named as unknown as ErrorFacts) : named;
}

/** An error of the core as an object of its class. */
export function errorOf(facts: ErrorFacts, options?: ErrorOptions): TrustedProfileError {
  const Class = BY_CODE[facts.code] ?? TrustedProfileError;
  return new Class(facts, options);
}

/** Of the codes that the layer above the core has errors of; `core/spec/errors.json` has it of all. */
const KINDS = { invalid_argument: "configuration", closed: "local", deadline_exceeded: "unreachable", internal: "internal" } as const satisfies Partial<
  Record<ErrorCode, ErrorKind>
>;

/** An error that the layer above the core makes itself. */
export function local(code: keyof typeof KINDS, message: string, options?: ErrorOptions): TrustedProfileError {
  const kind = KINDS[code];
  const facts: ErrorFacts = {
    code, kind, message, text: `${code}: ${message}`, status: null, service: null, transient: code === "deadline_exceeded", attempts: 0, elapsedMs: 0,
    retryAfterMs: null, causes: [], notes: [],
  };
  return errorOf(facts, options);
}

/** An argument that cannot be used. */
export function invalid(message: string): TrustedProfileError {
  return local("invalid_argument", message);
}

/** What wasm threw, as it reaches programs: text is an error of the core, and a trap a mistake of this package. */
export function rethrown(thrown: unknown): unknown {
  if (thrown instanceof WebAssembly.RuntimeError) return local("internal", "WebAssembly failed. Please report this", { cause: thrown });
  return typeof thrown === "string" ? errorOf(camelized(JSON.parse(thrown)) as ErrorFacts) : thrown;
}
