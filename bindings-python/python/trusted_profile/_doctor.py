"""What stands between a program and its token, for people and for programs."""

from __future__ import annotations

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Report:
    """What stands between a program and its token. ``str()`` shows it to people."""

    def __init__(self, facts: dict[str, Any], text: str) -> None:
        self.facts = facts
        """All of it: ``well``, ``checks``, ``error``."""
        self._text = text

    @property
    def is_well(self) -> bool:
        """Whether every check that could be made came out well."""
        return bool(self.facts["well"])

    @property
    def checks(self) -> list[dict[str, Any]]:
        """Every check, each with ``name``, ``verdict`` (``pass``, ``fail``, ``not_reached``), ``found`` and ``remedies``."""
        return list(self.facts["checks"])

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Report, {'well' if self.is_well else 'not well'}>"


def detect() -> str:
    """The kind of source that this program may use where nothing is configured: ``container`` in a pod or Code
    Engine, which is never its node, else ``vpc_instance``. Nothing is sent.
    """
    return _native.detect()[0]


def diagnose(service: str = "trusted-profile") -> Report:
    """What :meth:`TokenProvider.diagnose` says of the source that the surroundings name, also where their
    settings cannot be used.
    """
    return Report(*_native.diagnose(service))
