/** The shapes of JSON: what has an unknown member, lacks one or is of another kind is refused. */

/** A file that says what its runner does not know. */
export class Unfit extends Error {
  override readonly name = "Unfit";
}

/** Reads a value, or throws `Unfit` with the place. */
export type Reader<T> = (value: unknown, where: string) => T;

/** What a reader reads. */
export type Read<R> = R extends Reader<infer T> ? T : never;

export const anything: Reader<unknown> = (value) => value;
export const text: Reader<string> = kind("text", (value) => typeof value === "string");
export const flag: Reader<boolean> = kind("true or false", (value) => typeof value === "boolean");
/** What a number of JavaScript cannot hold to the last digit is refused. */
export const whole: Reader<number> = kind("a whole number below 2^53", (value) => Number.isSafeInteger(value));

function kind<T>(wanted: string, isOne: (value: unknown) => boolean): Reader<T> {
  return (value, where) => {
    if (isOne(value)) return value as T;
    throw new Unfit(`${where}: expected ${wanted}, got ${JSON.stringify(value)}`);
  };
}

/** One of these values. */
export function oneOf<const T extends readonly unknown[]>(...values: T): Reader<T[number]> {
  return kind(`one of ${JSON.stringify(values)}`, (value) => values.includes(value));
}

/** The first that fits. */
export function either<A, B>(first: Reader<A>, second: Reader<B>): Reader<A | B> {
  return (value, where) => {
    try {
      return first(value, where);
    } catch (problem) {
      if (!(problem instanceof Unfit)) throw problem;
      return second(value, where);
    }
  };
}

/** May be absent. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, where) => (value === undefined ? undefined : reader(value, where));
}

/** Is `absent` where it is absent. */
export function optionally<T>(reader: Reader<T>, absent: T): Reader<T> {
  return (value, where) => (value === undefined ? absent : reader(value, where));
}

/** A list. */
export function list<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) throw new Unfit(`${where}: expected a list, got ${JSON.stringify(value)}`);
    return value.map((inner, number) => item(inner, `${where}/${number}`));
  };
}

/** Members of any name. */
export function map<T>(member: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, where) => Object.fromEntries(members(value, where).map(([name, inner]) => [name, member(inner, `${where}/${name}`)]));
}

/** These members and no others. */
export function record<S extends Readonly<Record<string, Reader<unknown>>>>(shape: S): Reader<{ readonly [N in keyof S]: Read<S[N]> }> {
  return (value, where) => {
    const given = members(value, where);
    const unknown = given.filter(([name]) => !Object.hasOwn(shape, name)).map(([name]) => name);
    if (unknown.length > 0) throw new Unfit(`${where}: nobody knows the members ${unknown.join(", ")}`);
    const by = new Map(given);
    return Object.fromEntries(Object.entries(shape).map(([name, reader]) => [name, reader(by.get(name), `${where}/${name}`)])) as never;
  };
}

function members(value: unknown, where: string): Array<[string, unknown]> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw new Unfit(`${where}: expected members, got ${JSON.stringify(value)}`);
}

/** The name of the one member that is given, of those named or of all. */
export function only<R extends object, N extends keyof R & string>(given: R, names: readonly N[] = Object.keys(given) as N[]): N {
  const found = names.filter((name) => given[name] !== undefined);
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Unfit(`exactly one of ${names.join(", ")} has to be given, not ${found.join(", ")}`);
  return one;
}
