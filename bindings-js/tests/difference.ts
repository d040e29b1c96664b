/** Says what differs. */

/** The package does other things than the corpus expects. */
export class Difference extends Error {
  override readonly name = "Difference";
}

/** As JSON, where the order of members does not matter. */
export function same(what: string, expected: unknown, found: unknown): void {
  const [wanted, got] = [spelled(expected), spelled(found)];
  if (wanted !== got) throw new Difference(`${what}: expected ${wanted}, found ${got}`);
}

function spelled(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "nothing";
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, inner]) => [name, sorted(inner)]));
}

/** The same, for an expectation that need not be there. */
export function sameIfGiven(what: string, expected: unknown, found: unknown): void {
  if (expected !== undefined) same(what, expected, found);
}

/** Every wanted text is in one of the texts. */
export function allIn(what: string, wanted: readonly string[], texts: readonly string[]): void {
  const missing = wanted.find((part) => !texts.some((text) => text.includes(part)));
  if (missing !== undefined) throw new Difference(`${what}: ${JSON.stringify(missing)} is missing`);
}

/** Says where the difference is that `inner` finds. */
export function within<R>(where: string, inner: () => R): R {
  try {
    return inner();
  } catch (error) {
    if (error instanceof Difference) throw new Difference(`${where}: ${error.message}`);
    throw error;
  }
}
