"""Every fault of the simulator, at every request, for both transports. The results are a section of ``docs/faults.md``."""

from __future__ import annotations

import queue
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import ProxyHandler, build_opener

import cells
import fault_table
from account import CALM, HOPS, INSTANCE, POD, TRANSPORTS, Account, Hop, kinds_of_faults
from fault_rows import Row, rows
from elsewhere import INVENTED, Elsewhere

AT_ONCE = 12
"""Cells spend their time waiting; this many do so at once, each in an account of its own."""

Job = tuple[Row, Hop, str]


def run_all(jobs: list[Job]) -> fault_table.Seen:
    accounts: queue.SimpleQueue[Account] = queue.SimpleQueue()

    def run(job: Job) -> tuple[tuple[str, Hop, str], tuple[str, str, str]]:
        row, hop, transport = job
        account = accounts.get()
        try:
            return (row.name, hop, transport), cells.run(row, hop, transport, account)
        finally:
            account.simulator.heal()
            accounts.put(account)

    started = [Account() for _ in range(AT_ONCE)]
    try:
        for account in started:
            accounts.put(account)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            # The slow ones first, so that nothing is left to wait for at the end.
            return dict(pool.map(run, sorted(jobs, key=lambda job: not job[0].is_slow)))
    finally:
        for account in started:
            account.close()


def test_every_fault_at_every_request_for_both_transports() -> None:
    with Elsewhere("127.0.0.2") as elsewhere:
        faults = rows(elsewhere.url)
        seen = run_all([(row, hop, transport) for row in faults for hop in HOPS for transport in TRANSPORTS])
        assert elsewhere.recorded == [], "a redirect was followed"
        # The other host does record what reaches it.
        assert INVENTED in build_opener(ProxyHandler({})).open(elsewhere.url).read().decode() and len(elsewhere.recorded) == 1
    assert len(seen) == len(faults) * len(HOPS) * len(TRANSPORTS)
    fault_table.compare(fault_table.render(faults, seen))


def test_the_rows_have_every_kind_of_fault() -> None:
    assert {row.fault["kind"] for row in rows("http://127.0.0.2:9")} == kinds_of_faults()


def test_nobody_waits_for_a_refresh() -> None:
    """Exchanges may take an hour here, so that a caller that waited for one would not be back before it."""
    hour = {"connect": 3600, "attempt": 3600, "round": 3600}
    patient = {**CALM, "link_local": hour, "remote": hour}
    silent: tuple[dict[str, Any], ...] = ({"kind": "hang"}, {"kind": "drip", "interval_ms": 10_000}, {"kind": "unreachable"})
    jobs = [(fault, hop, transport) for fault in silent for hop in (INSTANCE, POD) for transport in TRANSPORTS]
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(nobody_waits, fault, hop, transport, patient) for fault, hop, transport in jobs]:
            done.result()


def nobody_waits(fault: dict[str, Any], hop: Hop, transport: str, policy: dict[str, Any]) -> None:
    place = f"{fault}, {hop.name}, {transport}"
    with Account() as account:
        due = cells.Due(fault, hop, transport, account, policy)
        for _ in range(8):
            due.assert_cached(place)
        # They all came back, and the refresh that the first one caused is still on its way.
        assert due.events.empty(), place
        assert any(slot["fetching"] for slot in due.tokens.describe()["slots"]), f"{place}: {due.tokens.describe()}"
        due.tokens.close()


def test_the_page_shows_where_instance_and_pod_differ() -> None:
    row = Row("a fault", {"kind": "hang"}, "unreachable")
    seen = {(row.name, hop, "native"): ("b" if hop is POD else "a", "same", "same") for hop in HOPS}
    assert [fault_table.agreed(row, seen, "native", column) for column in range(3)] == ["a, b", "same", "same"]
