"""A program that asks IAM for tokens by its real names, and shows which way each request took. It only does so in a
network without a way out, where these names are the simulator's."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1


def bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", _IFF_UP, b""))


def require_isolation() -> None:
    """No route but to this machine itself, and names that end here."""
    routes = Path("/proc/self/net/route").read_text().splitlines()[1:]
    # Absent where the kernel has no IPv6.
    sixth = Path("/proc/self/net/ipv6_route")
    routes += [line for line in sixth.read_text().splitlines() if line.split()[-1] != "lo"] if sixth.exists() else []
    names = {socket.gethostbyname(name) for name in ("iam.cloud.ibm.com", "private.iam.cloud.ibm.com")}
    if routes or names != {"127.0.0.1"}:
        sys.exit(f"this network has a way out: {routes}, {names}")


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    os.environ.update(variables)
    yield
    for name in variables:
        del os.environ[name]


def main() -> None:
    bring_loopback_up()
    require_isolation()
    from account import TRANSPORTS, Account
    from elsewhere import Elsewhere

    with Account("--tls") as account:
        port = urlsplit(account.simulator.overview["iam_https_url"]).port or 0
        common: dict[str, Any] = {"ca_bundle": account.ca_bundle()}

        def ask(where: str, name: str, proxy: Elsewhere, **options: Any) -> None:
            for transport in TRANSPORTS:
                proxy.recorded.clear()
                with account.pod(endpoint=f"https://{name}:{port}", transport=transport, **common, **options) as tokens:
                    assert account.greeting(tokens.token().value) == 200
                print(f"{where}, {transport}: {'proxy' if proxy.recorded else 'straight'}")

        with Elsewhere(tunnels_to=port) as proxy, environment(https_proxy=proxy.url):
            ask("public", "iam.cloud.ibm.com", proxy)
            with environment(no_proxy="cloud.ibm.com"):
                ask("public, excepted", "iam.cloud.ibm.com", proxy)
            ask("private", "private.iam.cloud.ibm.com", proxy)
        with Elsewhere(tunnels_to=port) as proxy, environment(https_proxy="http://127.0.0.1:9"):
            ask("private, named", "private.iam.cloud.ibm.com", proxy, private_proxy=proxy.url)


if __name__ == "__main__":
    main()
