// The budgets of the package, and how a run is judged by them.
//
// Most are ratios or differences within one run, and hold anywhere: the herd by a lone fetch, the loop by the idle loop.
//
// Three are times, 15 ms to load, 200 ns to await a cached token and 120 ns to peek at it, and were set on a machine where
// the peer took 150 ms and 236 ns. A slower processor, or a busy one, slows both sides alike, so the limit moves with the
// peer's figure of the same run and is never below the budget: to miss it, a change has to make us slower both than the
// budget and than the same part of the peer. The peer's version is pinned, so that it cannot move by itself.
import { middle, percentile } from "./samples.mjs";

const LOAD_MS = 15;
const PEER_LOAD_MS = 150;
const AWAIT_NS = 200;
const PEEK_NS = 120;
const PEER_CACHED_NS = 236;
const HERD_MS = 5;
const LOOP_MS = 2;

/** Every budget, in the order of the table. */
export function judge(results) {
  return [
    scaled("load by require", results.load_require, LOAD_MS, PEER_LOAD_MS, "ms"),
    scaled("load by import", results.load_import, LOAD_MS, PEER_LOAD_MS, "ms"),
    scaled("await of a cached token", results.cached_ns, AWAIT_NS, PEER_CACHED_NS, "ns"),
    scaled("peek at a cached token", { ...results.cached_ns, ours: results.peek_ns.ours }, PEEK_NS, PEER_CACHED_NS, "ns"),
    ...herd(results),
    loop(results),
  ];
}

function scaled(what, { ours, peer }, budget, peerThen, unit) {
  const limit = Math.max(budget, (middle(peer) * budget) / peerThen);
  return { what, figure: middle(ours), limit, unit, budget: `${budget} ${unit}, or 1/${(peerThen / budget).toFixed(1)} of the peer` };
}

function herd(results) {
  // Two requests are one exchange of an instance: its identity token, and the access token for it.
  const exchanges = Math.max(...results.herd_200_requests.ours) / 2;
  return [
    { what: "herd, exchanges", figure: exchanges, limit: 1, unit: "exchanges", budget: "one exchange" },
    { what: "herd, slowest beyond the fetch", figure: middle(results.herd_200_extra.ours), limit: HERD_MS, unit: "ms", budget: `fetch + ${HERD_MS} ms` },
  ];
}

function loop(results) {
  const [idle, fetching] = [results.loop_idle.ours, results.loop_fetching.ours].map((samples) => percentile(samples, 99));
  return { what: "event loop, heartbeat p99 during a fetch beyond idle", figure: fetching - idle, limit: LOOP_MS, unit: "ms", budget: `${LOOP_MS} ms` };
}
