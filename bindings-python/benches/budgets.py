"""The budgets of the package, and how a run is judged by them.

Most are ratios or differences within one run, and hold anywhere: the first token by the bare interpreter, the
herd by a lone fetch, the loop by the idle loop.

Two are times, 6 ms to import and 150 ns for a cached token, and were set on a machine where the peer took
125.6 ms and 1136 ns. A slower processor, or a busy one, slows both sides alike, so the limit moves with the
peer's figure of the same run and is never below the budget: to miss it, a change has to make us slower both
than the budget and than the same part of the peer. On the machine that they were set on that is the budget
itself; on a faster one it is stricter for nobody. The peer's version is pinned, so that it cannot move by itself.

The herd of threads has 5 ms, or half as much again as the interpreter alone takes to wake as many threads at bare
locks, where that is more: each of them has to take the interpreter's lock before it can return anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import Results
from .samples import middle, percentile, ratio

IMPORT_MS, PEER_IMPORT_MS = 6.0, 125.6
CACHED_NS, PEER_CACHED_NS = 150.0, 1136.0
BARE_INTERPRETERS = 2.0
HERD_MS, BARE_HERDS = 5.0, 1.5
LOOP_MS = 2.0
PAGE_OF_PEER = 0.8


@dataclass(frozen=True)
class Verdict:
    """One budget, and what a run makes of it."""

    what: str
    figure: float
    limit: float
    unit: str
    budget: str

    @property
    def is_met(self) -> bool:
        return self.figure <= self.limit

    def __str__(self) -> str:
        return f"{self.what}: {self.figure:.2f} {self.unit}, at most {self.limit:.2f} {self.unit} ({self.budget})"


def judge(results: Results) -> list[Verdict]:
    """Every budget, in the order of the table."""
    return [_import(results), *_first_tokens(results), _cached(results), *_herds(results), _loop(results), _page(results)]


def _import(results: Results) -> Verdict:
    ours, peer = middle(results["import"]["ours"]), middle(results["import"]["peer"])
    limit = max(IMPORT_MS, peer * IMPORT_MS / PEER_IMPORT_MS)
    return Verdict("import", ours, limit, "ms", f"{IMPORT_MS:g} ms, or 1/{PEER_IMPORT_MS / IMPORT_MS:.0f} of the peer")


def _first_tokens(results: Results) -> list[Verdict]:
    return [
        Verdict(
            f"start to first token, {flow}",
            ratio(results[f"first_{flow}"]["ours"], results["bare"]["bare"]),
            BARE_INTERPRETERS,
            "bare interpreters",
            f"{BARE_INTERPRETERS:g}",
        )
        for flow in ("vpc", "container")
    ]


def _cached(results: Results) -> Verdict:
    ours, peer = middle(results["cached_ns"]["ours"]), middle(results["cached_ns"]["peer"])
    limit = max(CACHED_NS, peer * CACHED_NS / PEER_CACHED_NS)
    return Verdict("cached token", ours, limit, "ns", f"{CACHED_NS:g} ns, or 1/{PEER_CACHED_NS / CACHED_NS:.1f} of the peer")


def _herds(results: Results) -> list[Verdict]:
    verdicts = []
    for kind in ("threads", "tasks"):
        # Two requests are one exchange of an instance: its identity token, and the access token for it.
        requests = max(results[f"herd_{kind}_200_requests"]["ours"])
        extra = middle(results[f"herd_{kind}_200_extra"]["ours"])
        floor = middle(results["herd_bare"]["ours"]) if kind == "threads" else 0.0
        verdicts.append(Verdict(f"herd of {kind}, exchanges", requests / 2, 1, "exchanges", "one exchange"))
        budget = f"fetch + {HERD_MS:g} ms{f', or {BARE_HERDS:g} times bare locks' if floor else ''}"
        verdicts.append(Verdict(f"herd of {kind}, slowest beyond the fetch", extra, max(HERD_MS, BARE_HERDS * floor), "ms", budget))
    return verdicts


def _loop(results: Results) -> Verdict:
    idle, fetching = (percentile(results[figure]["ours"], 99) for figure in ("loop_idle", "loop_fetching"))
    return Verdict("event loop, heartbeat p99 during a fetch beyond idle", fetching - idle, LOOP_MS, "ms", f"{LOOP_MS:g} ms")


def _page(results: Results) -> Verdict:
    return Verdict("a page of 1,000 instances", ratio(results["page_ms"]["ours"], results["page_ms"]["peer"]), PAGE_OF_PEER, "of the peer's time", f"{PAGE_OF_PEER:g}")
