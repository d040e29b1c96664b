"""The clients of services: every operation is built as Rust builds it, and calls behave."""

from __future__ import annotations

import asyncio
import inspect
import json
import keyword
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator import Simulator
from trusted_profile import AsyncContainers, AsyncIam, AsyncMetadata, AsyncVpc, Containers, Iam, Metadata, TokenProvider, Vpc
from trusted_profile.errors import (
    ClosedError,
    InvalidArgumentError,
    NotFoundError,
    RequestRefusedError,
    ServiceFailedError,
    ServiceUnreachableError,
)

CLIENTS = {"vpc": (Vpc, AsyncVpc), "metadata": (Metadata, AsyncMetadata), "containers": (Containers, AsyncContainers)}
BASE = "https://oracle.example"


@pytest.fixture
def tokens(simulator: Simulator) -> Iterator[TokenProvider]:
    with TokenProvider.api_key(simulator.seed["api_key"]["value"], endpoint=simulator.iam_url) as tokens:
        yield tokens


@pytest.fixture
def vpc(simulator: Simulator, tokens: TokenProvider) -> Vpc:
    return Vpc(tokens, endpoint=simulator.overview["vpc_url"])


def made_by_rust() -> list[dict[str, Any]]:
    program = os.environ["TRUSTED_PROFILE_EVERY_REQUEST"]
    output = subprocess.run([program], stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def canonical(method: str, url: str, headers: dict[str, str], body: str) -> str:
    return json.dumps({"method": method, "url": url, "headers": headers, "body": body}, sort_keys=True)


def test_every_operation_is_built_as_rust_builds_it(say: Callable[[str], None]) -> None:
    instance = TokenProvider.vpc_instance(endpoint=BASE)
    key = TokenProvider.api_key("a-key-0123456789")
    clients = {name: blocking(instance if name == "metadata" else key, **_endpoint(name)) for name, (blocking, _) in CLIENTS.items()}
    iam = Iam(key, endpoint=BASE)
    operations = set()
    sets = made_by_rust()
    for case in sets:
        client = clients.get(case["service"], iam)
        name = f"{case['service']}.{case['operation']}"
        method, url, headers, body = client.request(name, **case["arguments"])
        assert canonical(method, url, headers, body.decode()) == canonical(**case["request"]), (name, case["set"])
        operations.add(name)
    say(f"operations: {len(operations)} built of {len(sets)} sets of arguments")
    assert len(operations) == 706
    assert len(sets) >= 2000


def _endpoint(name: str) -> dict[str, Any]:
    return {} if name == "metadata" else {"endpoint": BASE}


def test_every_operation_is_a_method_with_its_arguments() -> None:
    found = 0
    for blocking, asynchronous in (*CLIENTS.values(), (Iam, AsyncIam)):
        for name in vars(blocking):
            if name.startswith("_"):
                continue
            method, twin = getattr(blocking, name), getattr(asynchronous, name)
            assert inspect.signature(method) == inspect.signature(twin)
            assert method.__name__ == name and method.__doc__ and method.__module__ == blocking.__module__
            given = list(inspect.signature(method).parameters.values())[1:]
            assert all(argument.kind is argument.KEYWORD_ONLY and not keyword.iskeyword(argument.name) for argument in given)
            found += not name.endswith(("_pages", "_items"))
    assert found == 706
    assert str(inspect.signature(Vpc.get_vpc)) == "(self, *, id, version=None, generation=None)"
    assert "GET /vpcs/{id}" in (Vpc.get_vpc.__doc__ or "")


def test_resources_come_change_and_go(vpc: Vpc) -> None:
    made = vpc.create_vpc(body={"name": "first"})
    assert vpc.get_vpc(id=made["id"])["name"] == "first"
    reply = vpc.call("get_vpc", id=made["id"])
    assert reply.status == 200 and reply.headers["etag"]
    # What was read is what is changed: its tag goes along by itself where the service demands it.
    assert vpc.update_vpc(id=made["id"], body={"name": "second"})["name"] == "second"
    with pytest.raises(RequestRefusedError, match="412"):
        vpc.update_vpc(id=made["id"], body={"name": "third"}, if_match=reply.headers["etag"])
    gone = vpc.call("delete_vpc", id=made["id"])
    assert (gone.value, gone.status, repr(gone)) == (None, 204, "<Reply 204>")
    with pytest.raises(NotFoundError):
        vpc.get_vpc(id=made["id"])


def test_pages_and_items(vpc: Vpc) -> None:
    names = [f"vpc-{number}" for number in range(5)]
    for name in names:
        vpc.create_vpc(body={"name": name})
    found = [item["name"] for item in vpc.list_vpcs_items(limit=2)]
    assert found[-5:] == names and len(found) == len(set(found))
    assert [len(page["vpcs"]) for page in vpc.list_vpcs_pages(limit=2)] == [2, 2, 2]
    assert next(vpc.list_vpcs_items(limit=1))["name"] == found[0]


def test_every_service(simulator: Simulator, tokens: TokenProvider) -> None:
    iam = Iam(tokens, endpoint=simulator.iam_url)
    account = simulator.overview["account_id"]
    profiles = {profile["id"] for profile in iam.list_profiles_items(account_id=account, pagesize=1)}
    assert {simulator.seed["pod_profile"]["id"], simulator.seed["instance_profile"]["id"]} <= profiles
    assert iam.iam_identity_get_account_settings(account_id=account)["account_id"] == account
    with TokenProvider.vpc_instance(endpoint=simulator.metadata_url) as instance:
        assert Metadata(instance).get_instance()["id"] == simulator.seed["instance"]["id"]
        with pytest.raises(InvalidArgumentError, match="did you mean"):
            Metadata(instance).call("get_key", idd="x")
    clusters = Containers(tokens, endpoint=simulator.overview["containers_url"])
    assert [cluster["id"] for cluster in clusters.list_clusters()] == [simulator.seed["cluster"]["id"]]


def endless() -> dict[str, Any]:
    body: dict[str, Any] = {}
    body["again"] = [body]
    return body


def test_mistakes_are_named_and_nothing_is_sent(vpc: Vpc, tokens: TokenProvider, simulator: Simulator) -> None:
    mistakes: list[tuple[dict[str, Any], str]] = [
        ({}, "the argument id is missing"),
        ({"id": "x", "idd": "y"}, "did you mean id"),
        ({"id": object()}, "vpc.get_vpc: id: expected a mapping, .* got object"),
        ({"id": float("nan")}, "vpc.get_vpc: id: expected a finite number"),
        ({"id": 7}, "id: expected"),
        ({"id": "x", "body": {"a": [0, {"b": {1, 2}}]}}, r"body.a\[1\].b: expected a mapping, .* got set"),
        ({"id": "x", "body": {1: 2}}, "body: expected names that are text"),
        ({"id": "x", "body": {"a": "\ud800"}}, "body.a: expected text, got half a character"),
        ({"id": "x", "body": {"a": 2**64}}, r"body.a: expected a number between -2\^63 and 2\^64"),
        ({"id": "x", "body": endless()}, "nests too deep"),
    ]
    for wrong, words in mistakes:
        with pytest.raises(InvalidArgumentError, match=words):
            vpc.call("get_vpc", **wrong)
    with pytest.raises(TypeError, match="unexpected keyword argument 'idd'"):
        vpc.get_vpc(id="x", idd="y")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'id'"):
        vpc.get_vpc()  # type: ignore[call-arg]
    with pytest.raises(InvalidArgumentError, match="region"):
        Vpc(tokens).list_vpcs()
    with pytest.raises(InvalidArgumentError, match="list_vpcs"):
        vpc.call("list_vpc")
    with pytest.raises(TypeError, match="expected a TokenProvider, got str"):
        Vpc("a token")  # type: ignore[arg-type]
    for deadline in (0, -1.0, float("inf")):
        with pytest.raises(InvalidArgumentError, match="deadline: expected seconds"):
            Vpc(tokens, deadline=deadline)
    assert not hasattr(vpc, "list_everything")
    assert simulator.count("iam", "/identity/token") == 0


def test_a_token_that_is_refused_is_replaced_once(vpc: Vpc, tokens: TokenProvider, simulator: Simulator) -> None:
    vpc.list_vpcs()
    simulator.control("POST", "tokens/revoke", {"all": "iam"})
    assert vpc.list_vpcs()["vpcs"]
    assert simulator.count("iam", "/identity/token") == 2


def test_a_deadline_is_kept_and_failures_are_told(vpc: Vpc, simulator: Simulator, tokens: TokenProvider) -> None:
    hasty = Vpc(tokens, endpoint=simulator.overview["vpc_url"], deadline=1.0)
    tokens.token()
    simulator.fault("vpc", {"kind": "hang"})
    with pytest.raises(ServiceUnreachableError, match=r"1 attempt in \d"):
        hasty.list_vpcs()
    simulator.heal()
    simulator.fault("vpc", {"kind": "status", "status": 500})
    with pytest.raises(ServiceFailedError):
        vpc.create_vpc(body={"name": "x"})


def test_the_end_of_a_provider_ends_its_calls(vpc: Vpc, tokens: TokenProvider, simulator: Simulator) -> None:
    tokens.token()
    simulator.fault("vpc", {"kind": "hang"})
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            vpc.list_vpcs()
        except ClosedError as error:
            ended.append(error)

    caller = threading.Thread(target=ask)
    caller.start()
    while simulator.count("vpc", "/v1/vpcs", "GET") == 0:
        time.sleep(0.01)
    tokens.close()
    caller.join(30)
    assert len(ended) == 1


def test_threads_share_a_client(vpc: Vpc) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(vpc.list_vpcs()["vpcs"]))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [1] * 16


def test_a_child_of_fork_calls(vpc: Vpc) -> None:
    vpc.list_vpcs()
    child = os.fork()
    if child == 0:
        os._exit(0 if vpc.list_vpcs()["vpcs"] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert vpc.list_vpcs()["vpcs"]


@pytest.mark.parametrize("transport", ["native", "python"])
def test_tasks(simulator: Simulator, transport: str) -> None:
    async def run() -> None:
        key = simulator.seed["api_key"]["value"]
        async with TokenProvider.api_key(key, endpoint=simulator.iam_url, transport=transport) as tokens:
            vpc = AsyncVpc(tokens, endpoint=simulator.overview["vpc_url"])
            for number in range(3):
                await vpc.create_vpc(body={"name": f"vpc-{number}"})
            assert [item["name"] async for item in vpc.list_vpcs_items(limit=2)][-3:] == ["vpc-0", "vpc-1", "vpc-2"]
            assert [len(page["vpcs"]) async for page in vpc.list_vpcs_pages(limit=3)] == [3, 1]
            assert len(await asyncio.gather(*(vpc.list_vpcs() for _ in range(20)))) == 20
            with pytest.raises(NotFoundError):
                await vpc.get_vpc(id="nothing")
            with pytest.raises(asyncio.TimeoutError):
                simulator.fault("vpc", {"kind": "hang"})
                await asyncio.wait_for(vpc.list_vpcs(), 0.2)
        async with TokenProvider.vpc_instance(endpoint=simulator.metadata_url, transport=transport) as instance:
            assert (await AsyncMetadata(instance).get_instance())["id"] == simulator.seed["instance"]["id"]

    asyncio.run(run())
    assert simulator.count("iam", "/identity/token") == 1


def test_what_is_odd_in_an_answer_arrives_whole(vpc: Vpc) -> None:
    name = "ü-\U0001f600-\\-\""
    tags: list[Any] = [0, -1, 18446744073709551615, 0.5, None, True, {"a": {"b": []}}]
    method, _, _, body = vpc.request("create_vpc", body={"name": name, "unknown": tags})
    assert method == "POST" and json.loads(body) == {"name": name, "unknown": tags}


def test_secrets_of_a_body_are_in_no_error(vpc: Vpc) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        vpc.call("create_instance", body={"name": "x", "user_data": "pa55word-of-mine"})
    assert "pa55word" not in str(caught.value) and "pa55word" not in repr(caught.value)


def test_python_code_that_a_call_happens_to_run_may_use_the_same_client() -> None:
    program = Path(__file__).parent / "programs" / "call_in_collection.py"
    shown = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=600)
    assert (shown.returncode, shown.stderr) == (0, ""), shown


def test_whoever_only_wants_tokens_is_spared_the_clients() -> None:
    program = (
        "import sys, trusted_profile; trusted_profile.TokenProvider.bearer('t').token();"
        "print(sorted(m for m in sys.modules if m.startswith('trusted_profile.') and m.rsplit('.')[-1] in ('_client', '_calls', '_methods', 'vpc')))"
    )
    output = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True, text=True).stdout
    assert output.strip() == "[]"
    with pytest.raises(AttributeError, match="has no attribute 'Vcp'"):
        import trusted_profile

        trusted_profile.Vcp
