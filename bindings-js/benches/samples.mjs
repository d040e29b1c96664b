// What is said of many samples.

/** The median. */
export function middle(samples) {
  const ordered = [...samples].sort((a, b) => a - b);
  const half = ordered.length / 2;
  return Number.isInteger(half) ? (ordered[half - 1] + ordered[half]) / 2 : ordered[Math.floor(half)];
}

/** The smallest sample that so many percent do not exceed. */
export function percentile(samples, percent) {
  const ordered = [...samples].sort((a, b) => a - b);
  return ordered[Math.max(0, Math.ceil((ordered.length * percent) / 100) - 1)];
}

/** How many times the measure: each sample compared with the one of its own round, so that both saw the same machine. */
export function ratio(samples, measure) {
  return middle(samples.map((sample, round) => sample / measure[round]));
}

/** Adds samples of one side to those that are there. */
export function add(results, figure, side, samples) {
  ((results[figure] ??= {})[side] ??= []).push(...samples);
}
