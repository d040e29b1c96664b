"""A scenario as it stands in its file. Times are in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass
class ControlCall:
    """A call of the simulator's control API."""

    method: str
    path: str
    body: Any = None


@dataclass
class ExpectedError:
    """Parts of the error that every caller gets."""

    code: str
    status: int | None = None
    service_code: str | None = None
    attempts: int | None = None
    shows: list[str] = field(default_factory=list)


@dataclass
class Failure:
    """Every caller gets this error."""

    error: ExpectedError


@dataclass
class TokenOf:
    """Every caller gets the token of that name, to the byte."""

    token_of: str


@dataclass
class Call:
    """Callers ask for the token, all at once; the first ``cancelled`` of them give up."""

    expect: Literal["new_token"] | TokenOf | Failure
    callers: int = 1
    cancelled: int = 0
    timeout_ms: int | None = None
    as_: str | None = None


@dataclass
class Counted:
    """Requests in the journal."""

    service: Literal["metadata", "iam", "object_store"]
    method: str
    path: str
    count: int


@dataclass
class Use:
    """A token at the object store, and the status there."""

    token: str
    status: int


@dataclass
class Step:
    """Exactly one of these."""

    control: ControlCall | None = None
    cr_token_file: dict[str, Any] | None = None
    call: Call | None = None
    invalidate: str | None = None
    wait_ms: int | None = None
    wait_for_journal: Counted | None = None
    wait_for_failed_refreshes: int | None = None
    journal: list[Counted] | None = None
    events: list[str] | None = None
    use: Use | None = None


@dataclass
class Variants:
    """What other transports see otherwise: by the number of a step, the step that takes its place. It is left."""

    page: dict[str, Step] = field(default_factory=dict)
    inflating: dict[str, Step] = field(default_factory=dict)


@dataclass
class Scenario:
    """One file."""

    name: str
    origin: str
    rules: list[str]
    source: dict[str, Any]
    steps: list[Step]
    policy: dict[str, Any] = field(default_factory=dict)
    variants: Variants = field(default_factory=Variants)
