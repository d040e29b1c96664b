// Many callers that come at once to an empty cache: how long they wait beyond the fetch, and what it costs the services. The
// fetch is what one caller alone takes, just before.
import { begin, count } from "../stub.mjs";
import { call, options, provider, show, timed, url } from "./callers.mjs";

const CALLERS = 64;
const HERDS = 10;
const [hop] = options;

const figures = {};
await call(await provider());
for (let herd = 0; herd < HERDS; herd += 1) {
  await begin(url, hop);
  const lone = await provider();
  const fetch = await timed(() => call(lone));
  await begin(url, hop);
  const tokens = await provider();
  const slowest = Math.max(...(await Promise.all(Array.from({ length: CALLERS }, () => timed(() => call(tokens))))));
  const samples = { fetch, slowest, extra: slowest - fetch, requests: await count(url) };
  for (const [name, sample] of Object.entries(samples)) (figures[`herd_${hop}_${name}`] ??= []).push(sample);
}
await begin(url, 0);
show(figures);
