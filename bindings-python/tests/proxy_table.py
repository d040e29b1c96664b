"""The rows about proxies in ``docs/faults.md``: what a run saw, beside what was measured of IBM's SDK core."""

from __future__ import annotations

import os
from typing import Any

from account import TRANSPORTS
from elsewhere import INVENTED
from fault_table import BEGIN, PAGE, WRITE

_BEGIN = f"{BEGIN}`{WRITE}=1 pytest tests/test_proxies.py`"
_IBM = "the proxy gets the identity token in plain text; its invented token is taken"
_MEASURED = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


def row(spelling: str, outcomes: list[dict[str, Any]], seen_by_proxy: int) -> str:
    """The row of a variable: what the transports, in turn, got for their sources."""
    cells = [_cell(outcomes[index :: len(TRANSPORTS)], seen_by_proxy) for index in range(len(TRANSPORTS))]
    ibm = _IBM if spelling in _MEASURED else ""
    return f"| `{spelling}` | {' | '.join([*cells, ibm])} |"


def _cell(outcomes: list[dict[str, Any]], seen_by_proxy: int) -> str:
    if seen_by_proxy or any(outcome.get("token") == INVENTED for outcome in outcomes):
        return "through the proxy"
    errors = sorted({outcome["error"] for outcome in outcomes if "error" in outcome})
    return ", ".join(errors) or "token, past the proxy"


def compare(found: str) -> None:
    """The committed row is what this run found."""
    before, begin, rest = PAGE.read_text().partition(_BEGIN)
    assert begin, f"docs/faults.md has no section that begins with {_BEGIN}"
    section, end, after = rest.partition(f"\n{BEGIN}")
    lines = section.split("\n")
    name = found.split(" | ", 1)[0]
    if os.environ.get(WRITE):
        lines = [found if line.startswith(f"{name} |") else line for line in lines]
        PAGE.write_text("".join([before, begin, "\n".join(lines), end, after]))
    assert found in lines, f"docs/faults.md is not what this run found; {WRITE}=1 writes it: {found}"
