/** What is to be done when a signal aborts. */

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Has `done` called when `signal` aborts; what is returned takes that back. However many wait with the same signal, it has
 * one listener: Node takes more than ten for a leak, and warns.
 */
export function onAbort(signal: AbortSignal, done: () => void): () => void {
  const all = waiting.get(signal) ?? listened(signal);
  all.add(done);
  return () => all.delete(done);
}

function listened(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  // It stays for as long as the signal does: there is one.
  signal.addEventListener("abort", () => [...all].forEach((done) => done()), { once: true });
  waiting.set(signal, all);
  return all;
}
