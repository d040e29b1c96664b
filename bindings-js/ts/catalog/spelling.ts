/** Arguments have the core's names in its errors. Programs have other ones for them. */

import type { ErrorFacts, TrustedProfileError } from "../error.js";
import { camelized, errorOf, rethrown } from "../wasm/border.js";
import { camel } from "../wasm/spelling.js";

/** What wasm threw, as it reaches programs. */
export function refused(thrown: unknown): unknown {
  return typeof thrown === "string" ? errorFrom(JSON.parse(thrown)) : rethrown(thrown);
}

/** An error of the core, of its JSON. */
export function errorFrom(said: unknown): TrustedProfileError {
  const [facts, spelled] = [said, camelized(said)] as [ErrorFacts, ErrorFacts];
  if (facts.code !== "invalid_argument") return errorOf(spelled);
  const message = respelled(facts.message);
  return errorOf({ ...spelled, message, text: spelled.text.replace(spelled.message, () => message) });
}

/** With the names of arguments and options. Ids of operations, fields of resources and what was given are as they are. */
function respelled(message: string): string {
  const [, id = "", said = ""] = /^(\w+\.\w+: )?(.*)$/s.exec(message) ?? [];
  return id + NAMING.reduce((text, form) => text.replace(form, camel), said);
}

/** What the core says with names in it. */
const NAMING = [
  /^\w+(?=: expected )/,
  /^the arguments? [\w, ]+ (?:is|are) missing/,
  /^there is no argument ".*"; (?:did you mean|it takes) [\w, ]+\??$/s,
  /^options: there is no ".*"; there are [\w, ]+$/s,
];
