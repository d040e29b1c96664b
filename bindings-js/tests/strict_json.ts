/** JSON as it has to be: what has an unknown member, lacks one or is of another type is refused. */

/** Reads a value, or says where it does not fit. */
export type Reader<T> = (value: unknown, where: string) => T;

/** A file that says what its runner does not know. */
export class Unfit extends Error {
  override readonly name = "Unfit";
}

export const text: Reader<string> = (value, where) => (typeof value === "string" ? value : refuse(where, "a text", value));

export const count: Reader<number> = (value, where) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse(where, "a whole number, 0 or more", value);

export const anything: Reader<unknown> = (value) => value;

/** An object with whatever members. */
export const members: Reader<Readonly<Record<string, unknown>>> = (value, where) => (isRecord(value) ? value : refuse(where, "an object", value));

/** One of these texts. */
export function oneOf<const T extends string>(...names: readonly T[]): Reader<T> {
  return (value, where) => names.find((name) => name === value) ?? refuse(where, `one of ${names.join(", ")}`, value);
}

/** A list, each item of one kind. */
export function listOf<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, where) => (Array.isArray(value) ? value.map((each, number) => item(each, `${where}/${number}`)) : refuse(where, "a list", value));
}

/** A member that may be missing. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, where) => (value === undefined ? undefined : reader(value, where));
}

/** An object with these members and no others. */
export function record<T extends object>(readers: { readonly [Name in keyof T]: Reader<T[Name]> }): Reader<T> {
  const known = Object.entries(readers) as Array<[string, Reader<unknown>]>;
  return (value, where) => {
    const given = members(value, where);
    const unknown = Object.keys(given).filter((name) => !(name in readers));
    if (unknown.length > 0) throw new Unfit(`${where}: nobody knows ${unknown.join(", ")}`);
    return Object.fromEntries(known.map(([name, reader]) => [name, reader(given[name], `${where}/${name}`)])) as T;
  };
}

/** An object with exactly one of these members. */
export function exactlyOne<T extends object>(readers: { readonly [Name in keyof T]: Reader<T[Name]> }): Reader<Only<T>> {
  return (value, where) => {
    const names = Object.keys(members(value, where));
    const [name] = names;
    if (name === undefined || names.length > 1 || !(name in readers)) {
      throw new Unfit(`${where}: expected exactly one of ${Object.keys(readers).join(", ")}, got ${names.join(", ") || "nothing"}`);
    }
    const reader = readers[name as keyof T];
    return { kind: name, of: reader((value as Record<string, unknown>)[name], `${where}/${name}`) } as Only<T>;
  };
}

/** Which member it is, and what it holds. */
export type Only<T> = { readonly [Name in keyof T]: { readonly kind: Name; readonly of: T[Name] } }[keyof T];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(where: string, expected: string, value: unknown): never {
  throw new Unfit(`${where}: expected ${expected}, got ${JSON.stringify(value) ?? "nothing"}`);
}
