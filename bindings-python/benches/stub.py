"""The services that both sides fetch from, as fast as can be: fixed answers, at once or after a delay.

The simulator signs and checks for milliseconds, which would hide what is measured here.
``python stub.py`` prints its address; it ends with its standard input.
"""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
import threading
import time
import urllib.request
from functools import cache
from pathlib import Path

TOKEN_BYTES = 1700
"""As long as IBM's own access tokens are."""


class Stub:
    """A stub in a process of its own, for as long as the ``with`` statement lasts."""

    def __init__(self) -> None:
        command = [sys.executable, str(Path(__file__).resolve())]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdin is not None and self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def __enter__(self) -> Stub:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()


def begin(url: str, delay: float) -> None:
    """Has every answer wait for ``delay`` seconds, and counts from nought again."""
    _control(url, f"begin/{delay}")


def count(url: str) -> int:
    """How many requests of either side came since :func:`begin`."""
    return int(_control(url, "count"))


def _control(url: str, path: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{url}/control/{path}", timeout=10) as answer:
        content: bytes = answer.read()
        return content


class _Connection(asyncio.Protocol):
    """Just enough of HTTP: whole requests with a length, one after the other."""

    delay = 0.0
    requests = 0

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end or len(rest) < _content_length(head):
            return
        self._received = b""
        path = head.split(b" ", 2)[1].decode().partition("?")[0]
        if path.startswith("/control/"):
            self._answer(self._controlled(path.split("/")[2:]))
            return
        _Connection.requests += 1
        content = _instances() if path == "/v1/instances" else _issue(path)
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self._answer, content)
        else:
            self._answer(content)

    @staticmethod
    def _controlled(words: list[str]) -> bytes:
        if words[0] == "begin":
            _Connection.delay, _Connection.requests = float(words[1]), 0
        return str(_Connection.requests).encode()

    def _answer(self, content: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        self._transport.write(head.encode() + content)


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    return 0


def _issue(path: str) -> bytes:
    """What the metadata service and IAM answer, of the paths that either side knows."""
    life = 300 if path.endswith("/v1/token") else 3600
    now = int(time.time())
    claims = {"iat": now, "exp": now + life, "sub": "made up for a bench", "fill": ""}
    claims["fill"] = "x" * ((TOKEN_BYTES - len(_token(claims))) * 3 // 4)
    answer: dict[str, object] = {"access_token": _token(claims), "expires_in": life}
    if path == "/identity/token":
        answer |= {"refresh_token": "not_supported", "token_type": "Bearer", "expiration": now + life, "scope": "ibm openid"}
    else:
        answer |= {"created_at": _date(now), "expires_at": _date(now + life)}
    return json.dumps(answer).encode()


@cache
def _instances() -> bytes:
    """A page of 1,000 instances, some 15 kB each, as those with many volumes and network attachments are."""
    return json.dumps({"first": {"href": "https://example/v1/instances?limit=1000"}, "instances": [_instance(n) for n in range(1000)], "limit": 1000}).encode()


def _instance(number: int) -> dict[str, object]:
    def reference(kind: str, index: int) -> dict[str, object]:
        id = f"r006-{number:08x}-{index:04x}-4caf-a032-{number * 31 + index:012x}"
        crn = f"crn:v1:bluemix:public:is:us-south-1:a/aa2432b1fa4d4ace891e9b80fc104e34::{kind}:{id}"
        href = f"https://us-south.iaas.cloud.ibm.com/v1/{kind}s/{id}"
        return {"crn": crn, "href": href, "id": id, "name": f"my-{kind}-{index}", "resource_type": kind.replace("-", "_")}

    attachments = [
        {
            **reference("network-attachment", index),
            "primary_ip": {**reference("reserved-ip", index), "address": f"10.240.{index}.{number % 250}"},
            "subnet": reference("subnet", index),
            "virtual_network_interface": reference("virtual-network-interface", index),
        }
        for index in range(4)
    ]
    volumes = [{**reference("volume-attachment", index), "device": {"id": f"dev-{index}"}, "volume": reference("volume", index)} for index in range(7)]
    return {
        **reference("instance", 0),
        "availability_policy": {"host_failure": "restart"},
        "bandwidth": 4000,
        "boot_volume_attachment": volumes[0],
        "created_at": "2026-03-26T16:11:57Z",
        "disks": [],
        "enable_secure_boot": False,
        "health_reasons": [],
        "health_state": "ok",
        "image": reference("image", 0),
        "lifecycle_state": "stable",
        "memory": 16,
        "metadata_service": {"enabled": True, "protocol": "https", "response_hop_limit": 1},
        "network_attachments": attachments,
        "numa_count": None,
        "primary_network_attachment": attachments[0],
        "profile": reference("instance-profile", 0),
        "status": "running",
        "status_reasons": [],
        "startable": True,
        "total_volume_bandwidth": 1000,
        "vcpu": {"architecture": "amd64", "count": 4, "manufacturer": "intel", "percentage": 100.0},
        "volume_attachments": volumes,
        "vpc": reference("vpc", 0),
        "zone": {"href": "https://us-south.iaas.cloud.ibm.com/v1/regions/us-south/zones/us-south-1", "name": "us-south-1"},
    }


def _token(claims: dict[str, object]) -> str:
    parts = (json.dumps({"alg": "RS256", "typ": "JWT", "kid": "bench"}).encode(), json.dumps(claims).encode(), b"\x5a" * 256)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _date(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(moment))


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    ended = asyncio.Event()

    def until_the_end() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=until_the_end, daemon=True).start()
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(_serve())
