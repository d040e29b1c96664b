"""Redirects are never followed: they would carry credentials elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from account import CALM, HOPS, TRANSPORTS, Account, Hop
from elsewhere import Elsewhere

from trusted_profile.errors import RedirectRefusedError


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with Account() as account:
        yield account


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("hop", HOPS, ids=lambda hop: hop.name)
def test_a_redirect_is_an_error(account: Account, hop: Hop, status: int, transport: str) -> None:
    base = account.simulator.iam_url if hop.service == "iam" else account.simulator.metadata_url
    with Elsewhere("127.0.0.2") as elsewhere:
        for location in (f"{elsewhere.url}{hop.path}", f"{base}/moved", "/moved", "//127.0.0.2:9/", "https://127.0.0.2:9/", "..", ""):
            account.simulator.control("DELETE", "journal")
            hop.strike(account.simulator, {"kind": "redirect", "status": status, "location": location})
            with account.provider(hop, transport=transport, policy=CALM) as tokens:
                with pytest.raises(RedirectRefusedError) as caught:
                    tokens.token()
            error = caught.value
            assert (error.status, error.attempts, error.transient) == (status, 1, False), error
            assert error.causes[0]["fix"] in str(error)
            account.simulator.heal()
            paths = [entry["path"] for entry in account.journal()]
            assert paths.count(hop.path) == 1 and not any("moved" in path for path in paths), paths
        assert elsewhere.recorded == []
