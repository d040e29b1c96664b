"""A script as it stands in its file. Times are in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from strict_json import only

from .expected import Expected, Status

Slot = Literal["identity", "iam", "assumed"]


@dataclass
class ConstructionError:
    """There is no machine, and this is why."""

    code: str
    message_starts: str


@dataclass
class Poll:
    """A caller asks for a token. A ticket of a new name is a new ticket."""

    ticket: str
    slot: Slot | None = None


@dataclass
class Refresh:
    """A volunteer asks for work."""


@dataclass
class Respond:
    """An answer came."""

    exchange: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    json: Any = None
    body_base64: str | None = None


@dataclass
class Transport:
    """No answer came."""

    exchange: str
    kind: str
    reused: bool = False
    detail: str = ""


@dataclass
class Read:
    """What came of one path."""

    path: str
    text: str | None = None
    problem: str | None = None


@dataclass
class Files:
    """What came of the token files."""

    input: str
    reads: list[Read]


@dataclass
class External:
    """What came of the program's own callback."""

    input: str
    token: str | None = None
    expires_in: int | None = None
    error: str | None = None


@dataclass
class Abandon:
    """The driver gives an exchange or input up."""

    exchange: str


@dataclass
class Invalidate:
    """A service refused a token."""

    slot: Slot | None = None
    token: str | None = None
    generation: int | None = None


@dataclass
class Fork:
    """From here on the machine is the one of a forked child."""

    seed: int


@dataclass
class Foreign:
    """Reports of every kind under an id that the machine never gave out."""

    id: int
    token: str


Question = Poll | Refresh
Call = Poll | Refresh | Respond | Transport | Files | External | Abandon | Invalidate | Fork | Foreign
CALLS = ("poll", "refresh", "respond", "transport", "files", "external", "abandon", "invalidate", "fork", "foreign")


@dataclass
class Step:
    """One call of the machine, and what comes of it."""

    at: int
    unix: int | None = None
    why: str | None = None
    poll: Poll | None = None
    refresh: Refresh | None = None
    respond: Respond | None = None
    transport: Transport | None = None
    files: Files | None = None
    external: External | None = None
    abandon: Abandon | None = None
    invalidate: Invalidate | None = None
    fork: Fork | None = None
    foreign: Foreign | None = None
    expect: Expected | None = None
    events: list[Any] | None = None
    status: Status | None = None

    def call(self) -> Call:
        """The step's one call."""
        call: Call = getattr(self, only(self, CALLS))
        return call


@dataclass
class Script:
    """One file of ``scripts/``."""

    schema: str = field(metadata={"name": "$schema"})
    prng: Literal["splitmix64"]
    name: str
    about: str
    origin: str
    rules: list[str]
    seed: int
    unix_base: int
    source: dict[str, Any]
    secrets: list[str]
    policy: dict[str, Any] | None = None
    facts: dict[str, Any] | None = None
    error: ConstructionError | None = None
    steps: list[Step] = field(default_factory=list)
