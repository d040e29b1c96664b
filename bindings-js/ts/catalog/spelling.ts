/** Arguments have the core's names in its errors. Programs have other ones for them. */

import type { ErrorFacts, TrustedProfileError } from "../error.js";
import { camelized, errorOf, rethrown } from "../wasm/border.js";
import { camel } from "../wasm/spelling.js";

/** What wasm threw, as it reaches programs. */
export function refused(thrown: unknown): unknown {
  return typeof thrown === "string" ? errorFrom(JSON.parse(thrown)) : rethrown(thrown);
}

/** An error of the core, of its JSON. */
export function errorFrom(said: unknown, options?: ErrorOptions): TrustedProfileError {
  const facts = said as ErrorFacts;
  const message = facts.code === "invalid_argument" ? respelled(facts.message) : facts.message;
  const text = facts.text.replace(facts.message, () => message);
  return errorOf(camelized({ ...facts, message, text }) as ErrorFacts, options);
}

/** Ids of operations, what was given, and what is within a body, are as they are. */
function respelled(message: string): string {
  if (/^[\w.]*: body: |no operation|several operations/.test(message)) return message;
  const [said = "", ...given] = message.split(", got ");
  const spelled = said.replace(/(?<![\w/.-])[a-z][a-z\d]*(?:_[a-z\d]+)+(?![\w.])/g, camel);
  return [spelled, ...given].join(", got ");
}
