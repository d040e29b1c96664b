/** Arguments of another kind than declared, from programs without types: refused before they get into WebAssembly. */

import type { Answer } from "../action.js";
import { invalid } from "./border.js";
import { camel } from "./spelling.js";

/** @throws InvalidArgumentError - for the first that is no number. */
export function numbers(named: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(named)) {
    if (typeof value !== "number") throw invalid(`${name}: expected a number, got ${kindOf(value)}`);
  }
}

/** @throws InvalidArgumentError - for the first that is no text. */
export function texts(named: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(named)) {
    if (typeof value !== "string") throw invalid(`${name}: expected text, got ${kindOf(value)}`);
  }
}

/** @throws InvalidArgumentError - for the first that is given and is no function. */
export function functions(named: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(named)) {
    if (value !== undefined && typeof value !== "function") throw invalid(`${name}: expected a function, got ${kindOf(value)}`);
  }
}

/** @throws InvalidArgumentError - if it holds no options. */
export function options(name: string, value: unknown): asserts value is object {
  if (kindOf(value) !== "object") throw invalid(`${name}: expected an object of options, got ${kindOf(value)}`);
}

/** What it is, without showing it: it may be a secret in the wrong place. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" && Symbol.iterator in value ? "a list" : typeof value;
}

/** The same, but a number as it is. */
export function seen(value: unknown): string {
  return typeof value === "number" ? String(value) : kindOf(value);
}

/**
 * An answer with its headers as lines.
 *
 * @throws InvalidArgumentError - names what of it cannot be one.
 */
export function outcome(answer: Answer): { readonly status: number; readonly lines: string; readonly body: Uint8Array } {
  const { status, headers = [], body = new Uint8Array() } = answer;
  numbers({ status });
  if (!Number.isInteger(status) || status < 100 || status > 999) throw invalid(`status: expected a number from 100 to 999, got ${status}`);
  if (!(Symbol.iterator in Object(headers))) throw invalid(`headers: expected pairs of name and value, got ${kindOf(headers)}`);
  // Not `instanceof`, since test runners have a realm of their own.
  if (Object.prototype.toString.call(body) !== "[object Uint8Array]") throw invalid(`body: expected a Uint8Array, got ${kindOf(body)}`);
  return { status, lines: Array.from(headers, ([name, value]) => `${name}:${value}`).join("\n"), body };
}

/** As JSON for the core. What it could not hold is refused by its place, since it would be left out in silence. */
export function json(name: string, value: unknown): string {
  options(name, value);
  return JSON.stringify(snaked(name, value, 0));
}

/** Names in snake_case, at every depth, without what is not given. */
function snaked(place: string, value: unknown, depth: number): unknown {
  if (typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return value;
  if (typeof value !== "object" || value === null || Symbol.iterator in value) {
    throw invalid(`${place}: expected text, a number, true or false, or options of its own, got ${seen(value)}`);
  }
  if (depth > DEEPEST) throw invalid(`${place}: expected options, got objects within objects without end`);
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
  return Object.fromEntries(given.map(([name, inner]) => [snake(name), snaked(`${place}.${name}`, inner, depth + 1)]));
}

/** Nothing that the core knows is half as deep. */
const DEEPEST = 8;

/** The core would take its own spelling as well, and one of the two would be lost. */
function snake(name: string): string {
  if (name.includes("_")) throw invalid(`${name}: there is no such option; it is ${camel(name)}`);
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
