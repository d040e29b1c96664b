// The first token of a new provider, in a process that is up and has fetched before: milliseconds.
import { call, provider, show, timed } from "./callers.mjs";

const FETCHES = 100;
const BEFORE = 10;

const took = [];
for (let fetch = 0; fetch < FETCHES + BEFORE; fetch += 1) took.push(await timed(async () => call(await provider())));
show({ warm: took.slice(BEFORE) });
