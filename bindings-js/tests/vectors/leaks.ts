/** No secret in anything that a program may log. */

import { Difference } from "../difference.js";

/** What a log may show of a value. */
export type Shown = (value: unknown) => Iterable<string>;

/** The secrets of one file, in every spelling they could be shown in. */
export class Leaks {
  readonly #needles: readonly string[];
  readonly #shown: Shown;

  constructor(secrets: readonly string[], shown: Shown) {
    this.#needles = secrets.flatMap(spellings);
    this.#shown = shown;
  }

  /** Looks at what logs would show of a value. */
  check(what: string, value: unknown): void {
    for (const text of this.#shown(value)) {
      const needle = this.#needles.find((needle) => text.includes(needle));
      if (needle !== undefined) throw new Difference(`${what} shows the secret ${needle}: ${text}`);
    }
  }
}

/** What every runtime can show: as text, as JSON, and whatever can be read of a property at any depth. */
export function* everywhere(value: unknown): Generator<string> {
  yield JSON.stringify(value) ?? "";
  yield [...properties(value, new Set())].join("\n");
}

function* properties(value: unknown, seen: Set<unknown>): Generator<string> {
  if (typeof value !== "object" || value === null) {
    yield String(value);
  } else if (!seen.has(value)) {
    seen.add(value);
    const { toString } = value as { toString?: () => string };
    // A list is its items, which a token does not become.
    if (toString !== undefined && !Array.isArray(value)) yield toString.call(value);
    for (const name of Reflect.ownKeys(value)) {
      yield String(name);
      yield* properties((value as Record<PropertyKey, unknown>)[name], seen);
    }
  }
}

function spellings(secret: string): string[] {
  const bytes = [...new TextEncoder().encode(secret)];
  const base64 = btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");
  const form = escaped(bytes, "*-._").replaceAll("%20", "+");
  return [secret, escaped(bytes, ""), form, base64, base64.replaceAll("+", "-").replaceAll("/", "_")];
}

/** Percent-encoding; ASCII letters and digits always stay. */
function escaped(bytes: readonly number[], kept: string): string {
  return bytes.map((byte) => {
    const character = String.fromCharCode(byte);
    const stays = kept.includes(character) || /^[A-Za-z0-9]$/.test(character);
    return stays ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}
