"""The simulator of one scenario, and what placeholders stand for."""

from __future__ import annotations

import http.client
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from simulator import Simulator

from .script import ControlCall, Counted


class Setting:
    """A simulator with the seeded account, and a folder of the runner's own."""

    def __init__(self) -> None:
        self._simulator = Simulator()
        self._folder = TemporaryDirectory(prefix="trusted-profile-scenario-")
        overview, seed = self._simulator.overview, self._simulator.seed
        self._values: dict[str, str] = {
            "metadata_url": overview["metadata_url"],
            "iam_url": overview["iam_url"],
            "object_store_url": overview["object_store_url"],
            "account_id": overview["account_id"],
            "instance_id": seed["instance"]["id"],
            "instance_crn": seed["instance"]["crn"],
            "instance_profile_id": seed["instance_profile"]["id"],
            "instance_profile_iam_id": seed["instance_profile"]["iam_id"],
            "pod_profile_id": seed["pod_profile"]["id"],
            "pod_profile_crn": seed["pod_profile"]["crn"],
            "cluster_id": seed["cluster"]["id"],
            "bucket": seed["bucket"],
            "api_key": seed["api_key"]["value"],
        }

    def fill(self, value: Any) -> Any:
        """``value`` with every ``{placeholder}`` filled in."""
        if isinstance(value, str):
            for name, filled in self._values.items():
                value = value.replace(f"{{{name}}}", filled)
            return value
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        return {name: self.fill(member) for name, member in value.items()} if isinstance(value, dict) else value

    def control(self, call: ControlCall) -> None:
        """Calls the control API."""
        self._simulator.control(call.method, self.fill(call.path), self.fill(call.body))

    def token_file(self, token: dict[str, Any]) -> None:
        """Projects a token file into the runner's folder. Fills ``{cr_token_file}`` and ``{cr_token_file_id}``."""
        token = self.fill({"cluster_id": "{cluster_id}", **token})
        body = {"directory": self._folder.name, "file_name": "sa-token", "token": token}
        file = self._simulator.control("POST", "cr_token_files", body)
        self._values.update(cr_token_file=file["path"], cr_token_file_id=file["id"])

    def count(self, counted: Counted) -> int:
        """How many such requests crossed the wire."""
        return self._simulator.count(counted.service, counted.path, counted.method)

    def requests(self) -> int:
        """How many requests for tokens crossed the wire."""
        count = self._simulator.control
        return sum(int(count("GET", f"journal/count?service={service}")["count"]) for service in ("metadata", "iam"))

    def use(self, token: str) -> int:
        """The object store's status for a token."""
        connection = http.client.HTTPConnection(urlsplit(self._values["object_store_url"]).netloc, timeout=30)
        connection.request("GET", f"/{self._values['bucket']}/greeting.txt", headers={"authorization": f"Bearer {token}"})
        status = connection.getresponse().status
        connection.close()
        return status

    def close(self) -> None:
        self._simulator.close()
        self._folder.cleanup()
