/** What is wrong with arguments, and with which. */

/** A mistake; `argument` is null where it is of no single one. */
export interface Mistake {
  readonly argument: string | null;
  readonly text: string;
  /** Whether it is only not there yet. */
  readonly isMissing: boolean;
}

/**
 * The mistakes in what the package said, by argument. Its words are `OPERATION: ARGUMENT: ...` or `OPERATION: the arguments A, B are
 * missing`, with names in camelCase.
 */
export function mistakesIn(message: string, operation: string, known: readonly string[]): readonly Mistake[] {
  const words = message.startsWith(`${operation}: `) ? message.slice(operation.length + 2) : message;
  const missing = /^the arguments? (.+) (?:is|are) missing/.exec(words)?.[1];
  if (missing !== undefined) return missing.split(", ").map((argument) => ({ argument: snake(argument), text: "It is required.", isMissing: true }));
  const named = /^(\w+): (.*)$/s.exec(words);
  const [argument, text = ""] = [snake(named?.[1] ?? ""), named?.[2]];
  if (!known.includes(argument)) return [{ argument: null, text: words, isMissing: false }];
  return [{ argument, text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`, isMissing: false }];
}

/** The API's name of an argument. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
