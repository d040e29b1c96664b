"""A simulated account, and the providers of a program on its instance and in its pod."""

from __future__ import annotations

import http.client
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from simulator import Simulator

from trusted_profile import TokenProvider

TRANSPORTS = ("native", "python")

_PATIENT = {"connect": 5, "attempt": 10, "round": 30}
_HASTY = {"connect": 0.5, "attempt": 1, "round": 3}
_QUICK = {"max_attempts": 3, "backoff_base": 0.005, "backoff_max": 0.02, "cooldown": 0}
_REFRESH = {"refresh_backoff_base": 0.05, "refresh_backoff_max": 0.05}

CALM: dict[str, Any] = {"link_local": _PATIENT, "remote": _PATIENT, **_QUICK, **_REFRESH}
"""Forgets failures at once, and is in no hurry however busy the machine is."""
BRISK: dict[str, Any] = {"link_local": _HASTY, "remote": _HASTY, "lease_grace": 0.5, **_QUICK, **_REFRESH}
"""Rounds end within three seconds, for services that do not answer."""


@dataclass(frozen=True)
class Hop:
    """A request on the way to a token, which a fault can strike."""

    name: str
    service: str
    method: str
    path: str

    def strike(self, simulator: Simulator, fault: dict[str, Any]) -> None:
        """``fault`` at this request, or at all of its service's if it is about connections or clocks."""
        is_wide = fault["kind"] in ("refuse", "not_listening", "unreachable", "skew")
        simulator.fault(self.service, fault, **({} if is_wide else {"method": self.method, "path": self.path}))


IDENTITY = Hop("identity token of the instance", "metadata", "PUT", "/identity/v1/token")
INSTANCE = Hop("IAM token of the instance", "metadata", "POST", "/identity/v1/iam_tokens")
POD = Hop("IAM token of the pod", "iam", "POST", "/identity/token")
HOPS = (IDENTITY, INSTANCE, POD)


class Account:
    """A simulator, and a token file of its pod."""

    def __init__(self, *options: str) -> None:
        self.simulator = Simulator(*options)
        self.seed = self.simulator.seed
        self.folder = Path(tempfile.mkdtemp(prefix="trusted-profile-account-"))
        self.token_file = self.simulator.token_file(str(self.folder))

    def provider(self, hop: Hop, **options: Any) -> TokenProvider:
        """That of the program whose requests ``hop`` is one of."""
        return self.pod(**options) if hop is POD else self.instance(**options)

    def instance(self, **options: Any) -> TokenProvider:
        return TokenProvider.vpc_instance(**{"endpoint": self.simulator.metadata_url, **options})

    def pod(self, **options: Any) -> TokenProvider:
        given = {"endpoint": self.simulator.iam_url, "profile_id": self.seed["pod_profile"]["id"], "cr_token_file": self.token_file}
        return TokenProvider.container(**{**given, **options})

    def ca_bundle(self) -> str:
        """A file with the certificate of the simulator's authority."""
        path = self.folder / "ca.pem"
        path.write_text(self.simulator.overview["ca_certificate_pem"])
        return str(path)

    def greeting(self, token: str) -> int:
        """The status of a request to the object store, which verifies the token."""
        url = urlsplit(self.simulator.object_store_url)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
        connection.request("GET", f"/{self.seed['bucket']}/greeting.txt", headers={"authorization": f"Bearer {token}"})
        status = connection.getresponse().status
        connection.close()
        return status

    def journal(self, **wanted: str) -> list[dict[str, Any]]:
        """The requests that arrived, secrets and all."""
        query = "&".join(["raw=1", *(f"{name}={value}" for name, value in wanted.items())])
        entries: list[dict[str, Any]] = self.simulator.control("GET", f"journal?{query}")["entries"]
        return entries

    def settings(self, **changes: Any) -> None:
        self.simulator.control("PATCH", "settings", changes)

    def close(self) -> None:
        self.simulator.close()
        shutil.rmtree(self.folder)

    def __enter__(self) -> Account:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def kinds_of_faults() -> set[str]:
    """Those of the simulator's schema."""
    schema = json.loads((Path(__file__).parents[2] / "tests/simulator/faults.schema.json").read_text())
    return {kind["title"] for kind in schema["$defs"]["fault"]["oneOf"]}
