/** What caused a failure, for people who look into it. */

import { TransportError } from "../action.js";
import type { TrustedProfileError } from "../error.js";
import { isTransportError } from "../thrown.js";
import { errorOf } from "../wasm/border.js";

/** How far down causes are followed. */
const DEEPEST = 5;

/**
 * The same of what the program's callback threw, whose words may be anything: only where `told` has them as they are, so that
 * they were found to hold no secret.
 */
export function causeAsTold(error: unknown, told: string): Error | undefined {
  try {
    return isTold(error as Error, told) ? causeOf(error, DEEPEST - 1) : undefined;
  } catch {
    return undefined;
  }
}

/** The same error for one caller, with what it follows from. */
export function explained(error: TrustedProfileError, cause: Error | undefined): TrustedProfileError {
  return cause === undefined ? error : errorOf(error.toJSON(), { cause });
}

/**
 * What sending or reading failed with, by kind, names and codes: a `fetch` or a library of the program may quote the headers
 * that it was given, so that words are kept only where `told` has them.
 */
export function troubleAsTold(trouble: unknown, told: string): Error | undefined {
  try {
    return isTransportError(trouble) ? sendingAsTold(trouble, told) : namedAsTold(trouble, told, 0);
  } catch {
    return undefined;
  }
}

function sendingAsTold({ kind, detail, reusedConnection, cause }: TransportError, told: string): TransportError {
  return new TransportError(kind, told.includes(detail) ? detail : "", { reusedConnection, cause: namedAsTold(cause, told, 1) });
}

function namedAsTold(error: unknown, told: string, depth: number): Error | undefined {
  if (!(error instanceof Error) || depth === DEEPEST) return undefined;
  const cause = namedAsTold(error.cause, told, depth + 1);
  const { name, code } = error as Error & { code?: unknown };
  const [shown, words] = [NAME.test(name) ? name : "Error", isTold(error, told) ? error : undefined];
  const named = new Error(words?.message ?? "", cause === undefined ? undefined : { cause });
  Object.defineProperties(named, { name: { value: shown }, stack: { value: words?.stack ?? shown } });
  return typeof code === "string" && NAME.test(code) ? Object.assign(named, { code }) : named;
}

/** Names and codes are identifiers, and no credential is one as short as this. */
const NAME = /^[A-Za-z]\w{0,39}$/;

/** Whether its words stand in `told` as they are. A message that was replaced is in the stack still. */
function isTold({ name, message, stack = "" }: Error, told: string): boolean {
  return told.includes(`${name}: ${message}`) && stack.includes(`: ${message}\n`);
}

/**
 * An error's name, words, code and stack, and those of what caused it. What else it carries along (a request, an answer,
 * bytes that a parser did not like) may hold a token.
 */
export function causeOf(error: unknown, depth = 0): Error | undefined {
  if (!(error instanceof Error) || depth === DEEPEST) return undefined;
  const cause = causeOf(error.cause, depth + 1);
  const told = new Error(error.message, cause === undefined ? undefined : { cause });
  const { name, stack, code } = error as Error & { code?: unknown };
  Object.defineProperties(told, { name: { value: name }, stack: { value: stack } });
  return typeof code === "string" ? Object.assign(told, { code }) : told;
}
