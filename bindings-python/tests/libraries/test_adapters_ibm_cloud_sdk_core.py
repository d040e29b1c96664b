"""The adapter for IBM's Python core, with IBM's own clients."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import Authenticator
from ibm_platform_services import IamIdentityV1
from ibm_vpc import VpcV1
from recorder import Answer, Received, Recorder, numbered, redirecting, refusing
from simulator import Simulator

from trusted_profile import TokenProvider
from trusted_profile.adapters.ibm_cloud_sdk_core import TrustedProfileAuthenticator
from trusted_profile.errors import InvalidArgumentError

REGIONS = {"regions": [{"name": "us-south"}]}


def regions(received: Received) -> Answer:
    return Answer(body=json.dumps(REGIONS).encode())


def refusing_first(answer: Callable[[Received], Answer], status: int = 401) -> Callable[[Received], Answer]:
    return lambda received: Answer(status) if received.authorization == "Bearer token-1" else answer(received)


def vpc(server: Recorder, *, allowed: str | None = None, tokens: TokenProvider | None = None) -> Any:
    client = VpcV1("2025-08-26", authenticator=TrustedProfileAuthenticator(tokens or numbered(), [allowed or server.url]))
    client.set_service_url(f"{server.url}/v1")
    return client


def test_a_client_of_iam_reads_its_own_profile(simulator: Simulator) -> None:
    tokens = TokenProvider.api_key(simulator.seed["api_key"]["value"], endpoint=simulator.iam_url)
    client = IamIdentityV1(authenticator=TrustedProfileAuthenticator(tokens, [simulator.iam_url]))
    client.set_service_url(simulator.iam_url)
    profile = simulator.seed["instance_profile"]
    assert client.get_profile(profile["id"]).get_result()["iam_id"] == profile["iam_id"]


def test_a_client_of_vpc_sends_the_token() -> None:
    with Recorder(regions) as server:
        assert vpc(server).list_regions().get_result() == REGIONS
        assert server.authorizations == ["Bearer token-1"]
        assert server.received[0].path.startswith("/v1/regions?version=2025-08-26")


def test_a_request_that_is_refused_is_sent_again_once() -> None:
    with Recorder(refusing_first(regions)) as server:
        client = vpc(server)
        assert client.list_regions().get_result() == REGIONS
        client.create_vpc(name="a")
        assert server.authorizations == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]
        assert json.loads(server.received[2].body) == {"name": "a"}


def test_a_compressed_body_is_sent_again() -> None:
    with Recorder(refusing("token-1")) as server:
        client = vpc(server)
        client.set_enable_gzip_compression(True)
        client.create_vpc(name="a")
        assert server.authorizations == ["Bearer token-1", "Bearer token-2"]
        assert server.received[0].body == server.received[1].body != b""


def test_a_second_401_is_told() -> None:
    with Recorder(lambda _: Answer(401)) as server:
        with pytest.raises(ApiException) as caught:
            vpc(server).list_regions()
        assert caught.value.status_code == 401 and server.authorizations == ["Bearer token-1", "Bearer token-2"]


def test_403_is_no_matter_of_the_token() -> None:
    with Recorder(refusing_first(regions, 403)) as server:
        client = vpc(server)
        for _ in range(2):
            with pytest.raises(ApiException):
                client.list_regions()
        assert server.authorizations == ["Bearer token-1"] * 2


def test_a_redirect_to_another_port_goes_without_the_token() -> None:
    with Recorder(regions) as other, Recorder(lambda _: Answer(307, {"location": other.url})) as server:
        assert vpc(server).list_regions().get_result() == REGIONS
        assert (server.authorizations, other.authorizations) == (["Bearer token-1"], [None])


def test_an_origin_that_is_not_allowed_gets_nothing() -> None:
    with Recorder() as server, pytest.raises(InvalidArgumentError, match=f"url: {server.url} is not in allowed_origins"):
        vpc(server, allowed="https://us-south.iaas.cloud.ibm.com").list_regions()
    assert server.received == []


def test_a_variable_cannot_send_the_token_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with Recorder() as server:
        monkeypatch.setenv("VPC_URL", server.url)
        authenticator = TrustedProfileAuthenticator(numbered(), ["https://us-south.iaas.cloud.ibm.com"])
        client: Any = VpcV1("2025-08-26", authenticator=authenticator)
        client.configure_service("vpc")
        assert client.service_url == server.url
        with pytest.raises(InvalidArgumentError):
            client.list_regions()
        assert server.received == []


def test_what_an_authenticator_has_to_offer() -> None:
    authenticator = TrustedProfileAuthenticator(numbered(), ["https://a.example"])
    assert isinstance(authenticator, Authenticator) and authenticator.authentication_type() == "trustedProfile"
    authenticator.validate()
    request: dict[str, Any] = {"url": "https://a.example/path", "headers": {}}
    authenticator.authenticate(request)
    assert request["headers"] == {"Authorization": "Bearer token-1"}
    with pytest.raises(InvalidArgumentError, match="url: https://b.example is not in allowed_origins"):
        authenticator.authenticate({"url": "https://b.example/path", "headers": {}})
    with pytest.raises(InvalidArgumentError, match="req: expected a request with its url"):
        authenticator.authenticate({"headers": {}})
    with pytest.raises(InvalidArgumentError, match="allowed_origins: expected at least one"):
        TrustedProfileAuthenticator(numbered(), [])


def test_a_redirect_within_the_origin_keeps_the_token() -> None:
    with Recorder(redirecting("/v1/elsewhere")) as server:
        client = vpc(server)
        client.set_service_url(server.url)
        assert client.send(client.prepare_request("GET", "/moved")).get_status_code() == 200
        assert server.authorizations == ["Bearer token-1"] * 2
