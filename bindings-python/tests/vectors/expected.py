"""What a script expects, as it stands in its file. What is not given is not compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Instant = int | Literal["never"]


@dataclass
class Ready:
    """A token."""

    token: str
    name: str | None = None
    generation: int | None = None
    usable_until: Instant | None = None
    usable_until_unix: Instant | None = None
    refresh_at: Instant | None = None
    refresh_at_unix: Instant | None = None


@dataclass
class Request:
    """Parts of a request."""

    method: str | None = None
    url: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    absent_headers: list[str] = field(default_factory=list)
    body: str | None = None
    form: list[list[str]] | None = None
    json: Any = None


@dataclass
class Send:
    """An exchange to send."""

    as_: str | None = None
    request: Request = field(default_factory=Request)
    connect_timeout: int | None = None
    timeout: int | None = None
    max_response_bytes: int | None = None
    network: str | None = None


@dataclass
class Callback:
    """The program's own callback."""

    timeout: int


@dataclass
class NeedInput:
    """Input to get."""

    as_: str | None = None
    paths: list[str] | None = None
    max_bytes: int | None = None
    external: Callback | None = None


@dataclass
class Wait:
    """A wait."""

    at_most: int


@dataclass
class Failure:
    """Parts of an error. A status of 0 means that no answer came, ``retry_after`` 0 that none was asked for."""

    code: str
    status: int | None = None
    service_code: str | None = None
    service_message: str | None = None
    trace: str | None = None
    attempts: int | None = None
    elapsed: int | None = None
    transient: bool | None = None
    retry_after: int | None = None
    message_contains: list[str] = field(default_factory=list)
    causes_first_contains: str | None = None
    causes_contain: list[str] = field(default_factory=list)
    notes_contain: list[str] = field(default_factory=list)
    contains: list[str] = field(default_factory=list)
    not_contains: list[str] = field(default_factory=list)


@dataclass
class Expected:
    """What ``poll`` or ``poll_refresh`` returns: exactly one of these."""

    ready: Ready | None = None
    send: Send | None = None
    need_input: NeedInput | None = None
    wait: Wait | None = None
    failed: Failure | None = None
    none: Literal[True] | None = None

    def gives(self) -> str | None:
        """The name for what is returned."""
        if self.ready is not None:
            return self.ready.name
        named = self.send or self.need_input
        return None if named is None else named.as_


@dataclass
class SlotStatus:
    """Parts of the status of a slot."""

    generation: int | None = None
    has_token: bool | None = None
    usable_until: int | None = None
    refresh_at: int | None = None
    fetching: bool | None = None
    failed_refreshes: int | None = None
    last_failure: str | None = None


@dataclass
class Status:
    """Parts of a status."""

    source: str | None = None
    protocol: str | None = None
    clock_skew_seconds: int | None = None
    slots: dict[str, SlotStatus] = field(default_factory=dict)
