/** What caused a failure, for people who look into it. */

/** How far down causes are followed. */
const DEEPEST = 5;

/**
 * The same of what the program's callback threw, whose words may be anything: only where `told` has them as they are, so that
 * they were found to hold no secret.
 */
export function causeAsTold(error: unknown, told: string): Error | undefined {
  try {
    const { name, message, stack = "" } = error as Error;
    // A message that was replaced is in the stack still.
    return told.includes(`${name}: ${message}`) && stack.includes(`: ${message}\n`) ? causeOf(error, DEEPEST - 1) : undefined;
  } catch {
    return undefined;
  }
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
