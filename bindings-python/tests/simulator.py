"""A simulator of one's own: the process, its control API and its journal."""

from __future__ import annotations

import atexit
import http.client
import json
import os
import shutil
import subprocess
import tempfile
from typing import Any
from urllib.parse import urlsplit

PROGRAM = os.environ["TRUSTED_PROFILE_SIMULATOR"]
# Keys are made once for a whole run: that takes longer than everything else.
KEYS = tempfile.mkdtemp(prefix="trusted-profile-keys-")
atexit.register(shutil.rmtree, KEYS, ignore_errors=True)


class Simulator:
    """The services behind trusted profiles on loopback, with the seeded account."""

    def __init__(self, *options: str) -> None:
        command = [PROGRAM, "--account", "seed", "--json", "--keys", KEYS, *options]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.overview: dict[str, Any] = json.loads(self._process.stdout.readline())
        self.seed: dict[str, Any] = self.overview["seed"]

    @property
    def metadata_url(self) -> str:
        return str(self.overview["metadata_url"])

    @property
    def iam_url(self) -> str:
        return str(self.overview["iam_url"])

    @property
    def object_store_url(self) -> str:
        return str(self.overview["object_store_url"])

    def control(self, method: str, path: str, body: object = None) -> Any:
        """One call of the control API; what it answers."""
        url = urlsplit(self.overview["control_url"])
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
        headers = {"authorization": f"Bearer {self.overview['control_token']}", "content-type": "application/json"}
        connection.request(method, f"/control/v1/{path}", None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert 200 <= answer.status < 300, (method, path, answer.status, text)
        return json.loads(text) if text else None

    def fault(self, service: str, fault: dict[str, Any], **rule: Any) -> None:
        """Injects a fault, such as ``{"kind": "latency", "ms": 200}``."""
        self.control("POST", "faults", {"service": service, "fault": fault, **rule})

    def heal(self) -> None:
        """Takes all faults away."""
        self.control("DELETE", "faults")

    def count(self, service: str, path: str, method: str = "POST") -> int:
        """How many such requests arrived."""
        return int(self.control("GET", f"journal/count?service={service}&method={method}&path={path}")["count"])

    def exchanges(self) -> int:
        """How many IAM tokens were asked for on an instance."""
        return self.count("metadata", "/identity/v1/iam_tokens")

    def token_file(self, directory: str, **token: Any) -> str:
        """A compute resource token of the seeded cluster, projected into ``directory``; its path."""
        body = {"directory": directory, "file_name": "sa-token", "token": {"cluster_id": self.seed["cluster"]["id"], **token}}
        return str(self.control("POST", "cr_token_files", body)["path"])

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()
