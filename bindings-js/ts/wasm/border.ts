/** What crosses the border to WebAssembly and back: JSON with the core's names, which are not JavaScript's. */

import { type ErrorFacts, TrustedProfileError } from "../error.js";
import { BY_CODE } from "../errors.js";

/** Names in camelCase, at every depth. */
export function camelized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelized);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camel(name), camelized(inner)]));
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** An error of the core as an object of its class. */
export function errorOf(facts: ErrorFacts, options?: ErrorOptions): TrustedProfileError {
  const Class = BY_CODE[facts.code] ?? TrustedProfileError;
  return new Class(facts, options);
}

/** An error that the layer above the core makes itself. */
export function local(code: string, message: string, options?: ErrorOptions): TrustedProfileError {
  const kind = code === "invalid_argument" ? "configuration" : code === "internal" ? "internal" : "local";
  const facts: ErrorFacts = {
    code, kind, message, text: `${code}: ${message}`, status: null, service: null, transient: false, attempts: 0, elapsedMs: 0,
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
