/** The search for secrets, in every spelling that a log could give them. */

/** Shorter texts occur by chance, and are no secrets. */
export const SHORTEST = 12;
const ENOUGH = 60;
const PIECE = 20;

/** A spelling by its name. */
export type Spelling = readonly [name: string, text: string];

/** The spellings in which secrets show in `output`, whole or cut short, each with the secret's first letters. */
export function leaks(output: string, secrets: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const secret of secrets) {
    for (const part of parts(secret)) {
      for (const [name, text] of [...spell(part), ...pieces(part)]) if (output.includes(text)) found.add(`${name} of ${secret.slice(0, 8)}`);
    }
  }
  return [...found].sort();
}

/** The secret, or the parts of a JWT that are worth something: the header is the same in every token. */
export function parts(secret: string): string[] {
  const split = secret.split(".");
  return split.length === 3 && secret.startsWith("eyJ") ? split.slice(1) : [secret];
}

/** What shows of a secret that was cut. */
export function pieces(part: string): Spelling[] {
  if (part.length < 2 * PIECE) return [];
  return [["cut short", part.slice(-PIECE)], ["cut short", part.slice(PIECE, 2 * PIECE)]];
}

/** Every spelling of as much as has to be searched for: whoever shows all of it shows its beginning. */
export function spell(part: string): Spelling[] {
  const text = part.slice(0, ENOUGH);
  const octets = [...Buffer.from(text)];
  const hex = octets.map((octet) => octet.toString(16).padStart(2, "0"));
  const escaped = (keep: RegExp, letters: readonly string[]): string =>
    octets.map((octet, index) => (keep.test(String.fromCharCode(octet)) ? String.fromCharCode(octet) : `%${letters[index]}`)).join("");
  const upper = hex.map((pair) => pair.toUpperCase());
  return [
    ["raw", text],
    ...[0, 1, 2].flatMap((lead): Spelling[] => [["base64", aligned(octets, lead, "base64")], ["base64url", aligned(octets, lead, "base64url")]]),
    // All of it, and as encoders have it: letters and digits stay.
    ...[upper, hex].flatMap((letters): Spelling[] => [["percent", escaped(/[^\s\S]/, letters)], ["percent", escaped(/[A-Za-z0-9]/, letters)]]),
    ["percent", encodeURIComponent(text)],
    ...["", " ", ":"].flatMap((separator): Spelling[] => [["hex", hex.join(separator)], ["hex", upper.join(separator)]]),
    ...[", ", ",", " "].map((separator): Spelling => ["decimal", octets.join(separator)]),
    ["escaped", hex.map((pair) => `\\x${pair}`).join("")],
  ];
}

/** What is left of the base64 of the octets when `lead` others stand before them, and any after. */
function aligned(octets: readonly number[], lead: number, encoding: "base64" | "base64url"): string {
  const whole = Buffer.from([...Array<number>(lead).fill(0), ...octets]);
  return whole.toString(encoding).slice(Math.ceil((lead * 8) / 6), Math.floor((whole.length * 8) / 6));
}
