/** An end for what may never end by itself. */

/**
 * Runs `work` with a signal that aborts after `timeout` milliseconds or with `outer`, and ends then whether the work
 * heeds the signal or not. What it throws tells which of the two it was.
 */
export async function within<R>(
  timeout: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<R>,
  late: () => unknown,
): Promise<R> {
  const inner = new AbortController();
  const ended = new Promise<never>((_, reject) => inner.signal.addEventListener("abort", () => reject(inner.signal.reason)));
  // Where the work ends first, nobody waits for it.
  ended.catch(() => undefined);
  const abort = (): void => inner.abort(outer.reason);
  const timer = setTimeout(() => inner.abort(late()), Math.min(timeout, LONGEST_TIMER));
  outer.addEventListener("abort", abort);
  if (outer.aborted) abort();
  try {
    return await Promise.race([work(inner.signal), ended]);
  } catch (error) {
    // A transport may wrap the reason, or report something that follows from it.
    throw inner.signal.aborted ? inner.signal.reason : error;
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", abort);
  }
}

/** In milliseconds: 24 days. What is longer fires at once. */
export const LONGEST_TIMER = 0x7fff_ffff;
