/** Says what differs. */

/** The package does other things than the corpus expects. */
export class Difference extends Error {
  override readonly name = "Difference";
}

/** Compares as JSON, where the order of members says nothing. */
export function same(what: string, expected: unknown, found: unknown): void {
  if (canonical(expected) !== canonical(found)) throw new Difference(`${what}: expected ${canonical(expected)}, found ${canonical(found)}`);
}

/** The same, for an expectation that need not be there. */
export function sameIfGiven(what: string, expected: unknown, found: unknown): void {
  if (expected !== undefined) same(what, expected, found);
}

/** Every wanted text is in one of the texts. */
export function allIn(what: string, wanted: readonly string[], texts: readonly string[]): void {
  for (const part of wanted) {
    if (!texts.some((text) => text.includes(part))) throw new Difference(`${what}: ${JSON.stringify(part)} is missing`);
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (isRecord(member) ? Object.fromEntries(Object.entries(member).sort(byName)) : member)) ?? "nothing";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
