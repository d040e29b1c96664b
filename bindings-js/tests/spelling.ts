/** The corpora spell options as the core does, JavaScript in its own way. */

/** The names of all members in camel case, at any depth. */
export function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [camelCase(name), inCamelCase(member)]));
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A text of the core with its options as JavaScript spells them. */
export function optionsIn(text: string): string {
  return text.replace(/\b[a-z]+(?:_[a-z]+)+(?=: )|\b(?:cool_down|cr_token_file|wait_until_ready|profile_id|profile_crn|link_local)\b/g, camelCase);
}
