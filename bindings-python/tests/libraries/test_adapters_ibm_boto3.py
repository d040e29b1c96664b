"""The adapter for Cloud Object Storage, with IBM's own library."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import ibm_boto3
import pytest
from ibm_botocore.client import Config
from ibm_botocore.exceptions import ClientError
from recorder import Answer, Received, Recorder, numbered, refusing
from simulator import Simulator

from trusted_profile import TokenProvider
from trusted_profile.adapters.ibm_boto3 import TrustedProfileTokenManager, session
from trusted_profile.errors import InvalidArgumentError, UnauthenticatedError


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ibm_boto3 reads files of the home directory."""
    monkeypatch.setenv("HOME", str(tmp_path))


def cos(server: Recorder, tokens: TokenProvider | None = None) -> Any:
    return session(tokens or numbered(), [server.url]).client("s3", endpoint_url=server.url)


def test_objects_are_read_and_written(simulator: Simulator) -> None:
    tokens = TokenProvider.vpc_instance(endpoint=simulator.metadata_url)
    bucket = simulator.seed["bucket"]
    store = session(tokens, [simulator.object_store_url])
    client = store.client("s3", endpoint_url=simulator.object_store_url)
    assert client.get_object(Bucket=bucket, Key="greeting.txt")["Body"].read() == b"hello\n"
    assert [entry["Key"] for entry in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["greeting.txt"]
    with pytest.raises(ClientError, match="AccessDenied"):
        client.get_object(Bucket="of-others", Key="greeting.txt")
    resource = store.resource("s3", endpoint_url=simulator.object_store_url)
    resource.Object(bucket, "new.txt").upload_fileobj(io.BytesIO(b"new"))
    assert resource.Object(bucket, "new.txt").get()["Body"].read() == b"new"
    assert tokens.token().generation == 1


def test_a_token_manager_of_one_s_own_session(simulator: Simulator) -> None:
    tokens = TokenProvider.vpc_instance(endpoint=simulator.metadata_url)
    client = ibm_boto3.client(
        "s3",
        token_manager=TrustedProfileTokenManager(tokens),
        config=Config(signature_version="oauth"),
        endpoint_url=simulator.object_store_url,
    )
    assert client.get_object(Bucket=simulator.seed["bucket"], Key="greeting.txt")["Body"].read() == b"hello\n"


def test_a_token_that_is_refused_is_replaced(simulator: Simulator) -> None:
    tokens = TokenProvider.vpc_instance(endpoint=simulator.metadata_url)
    client = session(tokens, [simulator.object_store_url]).client("s3", endpoint_url=simulator.object_store_url)
    simulator.control("POST", "tokens/reject", {"token": tokens.token().value})
    answer = client.get_object(Bucket=simulator.seed["bucket"], Key="greeting.txt")
    assert (answer["Body"].read(), answer["ResponseMetadata"]["RetryAttempts"]) == (b"hello\n", 1)
    assert tokens.token().generation == 2


@pytest.mark.parametrize("body", [b"body", bytearray(b"body"), io.BytesIO(b"body")], ids=["bytes", "bytearray", "file"])
def test_a_body_is_sent_again(body: Any) -> None:
    with Recorder(refusing("token-1")) as server:
        cos(server).put_object(Bucket="bucket", Key="key", Body=body)
        assert server.authorizations == ["Bearer token-1", "Bearer token-2"]
        assert b"body" in server.received[0].body and server.received[0].body == server.received[1].body


def test_a_pipe_is_sent_once() -> None:
    class Pipe(io.BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            # Measured before it is sent, as botocore does it; then it only flows.
            if server.received:
                raise io.UnsupportedOperation("underlying stream is not seekable")
            return super().seek(offset, whence)

    with Recorder(refusing("token-1")) as server:
        with pytest.raises(ClientError, match="401"):
            cos(server).put_object(Bucket="bucket", Key="key", Body=Pipe(b"body"))
        assert server.authorizations == ["Bearer token-1"]


def test_a_second_401_is_told() -> None:
    with Recorder(lambda _: Answer(401)) as server:
        client = cos(server)
        for _ in range(2):
            with pytest.raises(ClientError, match="401"):
                client.get_object(Bucket="bucket", Key="key")
        assert server.authorizations == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


def test_a_request_is_tried_again_only_once() -> None:
    with Recorder(refusing("token-1", "token-2")) as server:
        with pytest.raises(ClientError, match="401"):
            cos(server, numbered(policy={"invalidate_window": 0})).get_object(Bucket="bucket", Key="key")
        assert server.authorizations == ["Bearer token-1", "Bearer token-2"]


def test_403_is_no_matter_of_the_token() -> None:
    with Recorder(refusing("token-1", status=403)) as server:
        client = cos(server)
        for _ in range(2):
            with pytest.raises(ClientError, match="403"):
                client.get_object(Bucket="bucket", Key="key")
        assert server.authorizations == ["Bearer token-1"] * 2


def test_where_there_is_no_other_token_the_error_says_why() -> None:
    with Recorder(lambda _: Answer(401)) as server, pytest.raises(UnauthenticatedError, match="no way to get another"):
        cos(server, TokenProvider.bearer("token")).get_object(Bucket="bucket", Key="key")


def test_an_origin_that_is_not_allowed_gets_nothing() -> None:
    with Recorder() as server:
        client = session(numbered(), ["https://s3.example"]).client("s3", endpoint_url=server.url)
        with pytest.raises(InvalidArgumentError, match=f"url: {server.url} is not in allowed_origins"):
            client.get_object(Bucket="bucket", Key="key")
        assert server.received == []


def test_a_bucket_in_the_host_name_is_another_origin() -> None:
    with Recorder() as server:
        here = server.url.replace("127.0.0.1", "localhost")
        config = Config(s3={"addressing_style": "virtual"})
        client = session(numbered(), [here]).client("s3", endpoint_url=here, config=config)
        with pytest.raises(InvalidArgumentError, match=f"url: {here.replace('//', '//bucket.')} is not in allowed_origins"):
            client.get_object(Bucket="bucket", Key="key")
        assert server.received == []


def test_origins_that_cannot_be_used() -> None:
    with pytest.raises(InvalidArgumentError, match="allowed_origins: expected at least one"):
        session(numbered(), [])


def test_threads_that_are_refused_share_the_next_token() -> None:
    everybody = threading.Barrier(8)

    def answer(received: Received) -> Answer:
        if received.authorization == "Bearer token-1":
            everybody.wait(30)
        return refusing("token-1")(received)

    with Recorder(answer) as server:
        client = cos(server)
        found: list[bytes] = []

        def read() -> None:
            found.append(client.get_object(Bucket="bucket", Key="key")["Body"].read())

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [b""] * 8
        assert sorted(map(str, server.authorizations)) == ["Bearer token-1"] * 8 + ["Bearer token-2"] * 8
