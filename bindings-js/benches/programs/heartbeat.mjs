// How late the event loop is, idle and while a token is fetched: milliseconds beyond each beat's time.
import { setTimeout as sleep } from "node:timers/promises";
import { begin } from "../stub.mjs";
import { call, options, provider, show, url } from "./callers.mjs";

const BEAT = 1;
const FETCHES = 10;

/** How late each beat is until that is done, and the one that was due meanwhile. */
async function lateness(work) {
  const late = [];
  let isDone = false;
  const beating = (async () => {
    while (!isDone) {
      const due = performance.now() + BEAT;
      await sleep(BEAT);
      late.push(performance.now() - due);
    }
  })();
  await work();
  isDone = true;
  await beating;
  return late;
}

const figures = { loop_idle: [], loop_fetching: [], loop_longest: [] };
await call(await provider());
await begin(url, options[0]);
for (let fetch = 0; fetch < FETCHES; fetch += 1) {
  figures.loop_idle.push(...(await lateness(() => sleep(400))));
  const tokens = await provider();
  const beats = await lateness(() => call(tokens));
  figures.loop_fetching.push(...beats);
  figures.loop_longest.push(Math.max(...beats));
}
await begin(url, 0);
show(figures);
