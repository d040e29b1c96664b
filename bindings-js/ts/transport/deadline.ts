/** An end for an exchange, from its own limit or from outside. */

/** Runs `send` with a signal that aborts after `timeout` milliseconds or with `outer`; says which of the two it was. */
export async function within<R>(
  timeout: number,
  outer: AbortSignal,
  send: (signal: AbortSignal) => Promise<R>,
  late: () => unknown,
): Promise<R> {
  const inner = new AbortController();
  const abort = (): void => inner.abort(outer.reason);
  const timer = setTimeout(() => inner.abort(late()), timeout);
  outer.addEventListener("abort", abort);
  if (outer.aborted) abort();
  try {
    return await send(inner.signal);
  } catch (error) {
    // A transport may wrap the reason, or report something that follows from it.
    throw inner.signal.aborted ? inner.signal.reason : error;
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", abort);
  }
}
