/** What nobody caught. By itself, each of these would end a program. */

/** Rejections and exceptions that nobody caught since this was loaded, as text. */
export const strays: string[] = [];

process.on("unhandledRejection", (reason) => strays.push(`rejection: ${String(reason)}`));
process.on("uncaughtException", (error) => strays.push(`exception: ${String(error)}`));

/** Those that are due to show up have done so afterwards. */
export async function settled(): Promise<readonly string[]> {
  // A rejection counts as unhandled at the end of its turn; what a closed connection sets off takes a few.
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return strays;
}
