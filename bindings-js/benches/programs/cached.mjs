// A token that is there: nanoseconds a call, as a program calls.
import { call, provider, show, side } from "./callers.mjs";

const CALLS = 100_000;
const REPEATS = 11;

const tokens = await provider();
await call(tokens);
const there = Promise.resolve(0);

/** The best of each process: so short a time is only ever made longer by what else the machine does. */
async function best(loop) {
  let least = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const begun = performance.now();
    await loop();
    least = Math.min(least, performance.now() - begun);
  }
  return [(least / CALLS) * 1e6];
}

const loops = {
  ours: {
    cached_ns: async () => {
      for (let number = 0; number < CALLS; number += 1) await tokens.token();
    },
    peek_ns: () => {
      for (let number = 0; number < CALLS; number += 1) tokens.peek();
    },
    // What the interpreter alone takes.
    await_ns: async () => {
      for (let number = 0; number < CALLS; number += 1) await there;
    },
    clocks_ns: () => {
      let sum = 0;
      for (let number = 0; number < CALLS; number += 1) sum += performance.now() + Date.now();
      return sum;
    },
  },
  peer: {
    cached_ns: async () => {
      for (let number = 0; number < CALLS; number += 1) await tokens.getToken();
    },
  },
};

const figures = {};
for (const [name, loop] of Object.entries(loops[side])) figures[name] = await best(loop);
show(figures);
