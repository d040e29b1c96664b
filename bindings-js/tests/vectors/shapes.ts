/** Kinds of values that only the vectors have. */

import { members, type Reader, Unfit } from "../strict_json.js";

/** What a reader reads. */
export type Read<R> = R extends Reader<infer T> ? T : never;

/** What a number of JavaScript cannot hold to the last digit is refused. */
export const integer: Reader<number> = (value, where) => {
  if (Number.isSafeInteger(value)) return value as number;
  throw new Unfit(`${where}: expected a whole number below 2^53, got ${JSON.stringify(value)}`);
};

export const flag: Reader<boolean> = (value, where) => {
  if (typeof value === "boolean") return value;
  throw new Unfit(`${where}: expected true or false, got ${JSON.stringify(value)}`);
};

/** True, and nothing else. */
export const yes: Reader<true> = (value, where) => {
  if (value === true) return value;
  throw new Unfit(`${where}: expected true, got ${JSON.stringify(value)}`);
};

/** Either of two kinds. */
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

/** A member that is `absent` where it is missing. */
export function otherwise<T>(reader: Reader<T>, absent: T): Reader<T> {
  return (value, where) => (value === undefined ? absent : reader(value, where));
}

/** An object with members of any name and one kind. */
export function mapOf<T>(member: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, where) => {
    const entries = Object.entries(members(value, where));
    return Object.fromEntries(entries.map(([name, inner]) => [name, member(inner, `${where}/${name}`)]));
  };
}

/** The name of the one member that is given, of those named or of all. */
export function only<R extends object, N extends keyof R & string>(given: R, names: readonly N[] = Object.keys(given) as N[]): N {
  const found = names.filter((name) => given[name] !== undefined);
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Unfit(`exactly one of ${names.join(", ")} has to be given, not ${found.join(", ")}`);
  return one;
}
