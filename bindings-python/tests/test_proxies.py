"""Proxies and a ``.netrc`` of the environment: neither gets to see a request to the metadata service or on the private
network. Public hosts are reached through the environment's proxy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import isolated
import proxy_table
from account import CALM, TRANSPORTS, Account
from fetching import Wish, fetch
from elsewhere import INVENTED, Elsewhere

HTTP, HTTPS, ALL = ("http_proxy", "HTTP_PROXY"), ("https_proxy", "HTTPS_PROXY"), ("all_proxy", "ALL_PROXY")
# Nobody has these names, and no resolver is asked for them: that is left to the proxy.
PUBLIC, PRIVATE = "https://iam.simulated.invalid", "https://private.iam.simulated.invalid"
KEY = "a-key-that-nobody-should-see"


def hostile_home(folder: Path) -> dict[str, str]:
    """A home whose ``.netrc`` has credentials for everybody."""
    netrc = folder / ".netrc"
    netrc.write_text("machine 127.0.0.1 login mallory password stolen\ndefault login mallory password stolen\n")
    netrc.chmod(0o600)
    return {"HOME": str(folder), "NETRC": str(netrc)}


def straight_wishes(account: Account) -> list[Wish]:
    """Both ways to a token, over http and https, by both transports."""
    profile = {"id": account.seed["instance_profile"]["id"], "auto_link": True}
    # An instance answers in one scheme, so the other scheme takes another instance.
    secure = account.simulator.control("POST", "instances", {"protocol": "https", "default_trusted_profile": profile})
    pod = {"source": "container", "profile_id": account.seed["pod_profile"]["id"], "cr_token_file": account.token_file}
    sources: list[Wish] = [
        {"source": "vpc_instance", "endpoint": account.simulator.metadata_url},
        {"source": "vpc_instance", "endpoint": secure["metadata_https_url"]},
        {**pod, "endpoint": account.simulator.iam_url},
        {**pod, "endpoint": account.simulator.overview["iam_https_url"]},
    ]
    common = {"ca_bundle": account.ca_bundle(), "policy": CALM}
    return [{**source, "with": {**common, "transport": transport}} for source in sources for transport in TRANSPORTS]


def public_wishes(**common: Any) -> list[Wish]:
    key = {"source": "api_key", "api_key": KEY, "endpoint": PUBLIC}
    return [{**key, "with": {"policy": {**CALM, "max_attempts": 1}, "transport": transport, **common}} for transport in TRANSPORTS]


def assert_straight(account: Account, outcomes: list[dict[str, Any]]) -> None:
    """Every request for a token came to the account with credentials of ours, and every token is one of its own."""
    assert len(outcomes) == 8
    for outcome in outcomes:
        assert outcome.get("token", INVENTED) != INVENTED, outcome
        assert account.greeting(outcome["token"]) == 200
    requests = [entry for entry in account.journal() if entry["service"] in ("metadata", "iam")]
    # Both transports, both schemes: two requests for the instance's token, one for the pod's.
    assert sorted(entry["service"] for entry in requests) == ["iam"] * 4 + ["metadata"] * 8
    sent = [value for entry in requests for name, value in entry["headers"] if name == "authorization"]
    assert len(sent) == 4 and all(value.startswith("Bearer eyJ") for value in sent), "only those of the identity tokens"


@pytest.mark.parametrize("spelling", [*HTTP, *HTTPS, *ALL])
def test_no_proxy_of_the_environment_sees_a_request_to_the_metadata_service(spelling: str, tmp_path: Path) -> None:
    with Account("--tls") as account, Elsewhere() as proxy:
        environment = {**hostile_home(tmp_path), spelling: proxy.url}
        if spelling in HTTP:
            # The control: the standard library does go through the proxy.
            outcomes = fetch(straight_wishes(account), environment, control="http://127.0.0.9:9/control")
            expected = [("GET", "http://127.0.0.9:9/control")]
        else:
            # The control: so does this very program, where it may.
            outcomes = fetch([*straight_wishes(account), *public_wishes()], environment)
            expected = [("CONNECT", "iam.simulated.invalid:443")] * len(TRANSPORTS)
            assert [outcome.get("error") for outcome in outcomes[8:]] == ["service_unreachable"] * len(TRANSPORTS)
        assert [(request.method, request.target) for request in proxy.recorded] == expected
        assert_straight(account, outcomes[:8])
        proxy_table.compare(proxy_table.row(spelling, outcomes[:8], len(proxy.recorded) - len(expected)))


@pytest.mark.parametrize(("status", "code"), [(407, "proxy_refused"), (403, "service_unreachable"), (502, "service_unreachable")])
def test_a_proxy_that_refuses(status: int, code: str, tmp_path: Path) -> None:
    with Elsewhere(refuses=status) as proxy:
        outcomes = fetch(public_wishes(), {**hostile_home(tmp_path), "https_proxy": proxy.url})
        assert [outcome.get("error") for outcome in outcomes] == [code] * len(TRANSPORTS)
        assert all(outcome["attempts"] == 1 and ". Fix: " in outcome["text"] for outcome in outcomes)
        for request in proxy.recorded:
            assert KEY not in f"{request}" and "authorization" not in request.headers, "a proxy gets no credential"


def test_a_proxy_for_private_endpoints_and_its_credentials(tmp_path: Path) -> None:
    with Elsewhere(refuses=407) as named, Elsewhere() as of_environment:
        address = named.url.replace("http://", "http://user:p%40ssword@")
        wishes = [{**wish, "endpoint": PRIVATE} for wish in public_wishes(private_proxy=address)]
        environment = {spelling: of_environment.url for spelling in (*HTTP, *HTTPS, *ALL)}
        outcomes = fetch(wishes, {**hostile_home(tmp_path), **environment})
        assert [outcome.get("error") for outcome in outcomes] == ["proxy_refused"] * len(TRANSPORTS)
        assert all("p%40ssword" not in outcome["text"] and "p@ssword" not in outcome["text"] for outcome in outcomes)
        assert of_environment.recorded == []
        assert [request.target for request in named.recorded] == ["private.iam.simulated.invalid:443"] * len(TRANSPORTS)
        # user:p@ssword
        assert {request.headers["proxy-authorization"] for request in named.recorded} == {"Basic dXNlcjpwQHNzd29yZA=="}


def test_the_real_names_through_and_past_a_proxy(tmp_path: Path) -> None:
    """In a network of its own without a way out, where IAM's names are those of the simulator."""
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost iam.cloud.ibm.com private.iam.cloud.ibm.com\n")
    shell = f"mount --bind '{hosts}' /etc/hosts && exec '{sys.executable}' '{isolated.__file__}'"
    done = subprocess.run(["unshare", "-rnm", "sh", "-c", shell], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"{where}, {transport}: {through}"
        for where, through in (("public", "proxy"), ("public, excepted", "straight"), ("private", "straight"), ("private, named", "proxy"))
        for transport in TRANSPORTS
    ]
