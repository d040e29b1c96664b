/** The parameters of an operation on their way to the core. */

import type { TrustedProfileError } from "../error.js";
import { kindOf, options, seen } from "../wasm/arguments.js";
import { invalid } from "../wasm/border.js";
import { camel } from "../wasm/spelling.js";

/** As JSON, with the API's names. What JSON cannot hold is refused by its place, since it would be left out in silence. */
export function parametersOf(operation: string, given: unknown): string {
  if (typeof operation !== "string") throw invalid(`operation: expected text, got ${kindOf(operation)}`);
  options("parameters", given);
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  return JSON.stringify(Object.fromEntries(named.map(([name, value]) => [snake(operation, name), plain(`${operation}: ${name}`, value, 0)])));
}

/** The core would take its own spelling as well, and one of the two would be lost. */
function snake(operation: string, name: string): string {
  if (name.includes("_")) throw invalid(`${operation}: there is no argument ${JSON.stringify(name)}; did you mean ${camel(name)}?`);
  return operationOf(name);
}

/** The API's name of a name in camelCase. */
export function operationOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function plain(place: string, value: unknown, depth: number): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw invalid(`${place}: expected a finite number, got ${value}`);
  }
  if (depth > DEEPEST) throw invalid(`${place.slice(0, 100)}: it nests too deep`);
  if (Array.isArray(value)) return value.map((item, index) => plain(`${place}[${index}]`, item, depth + 1));
  const unfit = (what: string): TrustedProfileError => invalid(`${place}: expected text, a number, true or false, null, a list or an object, got ${what}`);
  if (typeof value !== "object" || Symbol.iterator in value) throw unfit(seen(value));
  // What knows how it is said in JSON, such as a date. One that is none says null.
  const { toJSON, then } = value as { toJSON?: unknown; then?: unknown };
  if (typeof toJSON === "function") {
    const said: unknown = (value as { toJSON(): unknown }).toJSON();
    if (said === null || said === undefined) throw unfit(`an object whose toJSON gives ${said}`);
    return plain(place, said, depth + 1);
  }
  // What these hold is not in their properties.
  const [, kind = ""] = /^\[object (.*)\]$/.exec(Object.prototype.toString.call(value)) ?? [];
  if (kind !== "Object" || typeof then === "function") throw unfit(kind === "Object" ? "a promise" : `an object of type ${kind}`);
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(members.map(([name, inner]) => [name, plain(`${place}.${name}`, inner, depth + 1)]));
}

/** What the core reads. */
const DEEPEST = 125;
