"""The base of all errors."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["TrustedProfileError"]


class TrustedProfileError(Exception):
    """Why there is no token. ``str()`` shows all of it, with the likely causes and their fixes.

    Catch this class, or those of :mod:`trusted_profile.errors` for one case each. Errors can be pickled.
    """

    code: str = "internal"
    """What went wrong, as every language spells it, such as ``profile_not_linked``."""
    transient: bool = False
    """Whether the same call may succeed later without anybody changing anything."""

    # Without an `__init__`: native code makes errors, and an interpreter that ends aborts where that runs Python code.

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    @property
    def _facts(self) -> Mapping[str, Any]:
        facts: Mapping[str, Any] = self.args[1] if len(self.args) > 1 else {}
        return facts

    @property
    def message(self) -> str:
        """What went wrong, in one sentence."""
        return str(self._facts.get("message", self))

    @property
    def kind(self) -> str:
        """Which side has to act: ``configuration``, ``local``, ``unreachable``, ``refused``, ``service`` or ``internal``."""
        return str(self._facts.get("kind", "internal"))

    @property
    def status(self) -> int | None:
        """The HTTP status, if an answer came."""
        return self._facts.get("status")

    @property
    def service(self) -> Mapping[str, Any] | None:
        """What the service itself said: ``code``, ``message``, ``details``, ``target``, ``trace``, ``excerpt``, ``is_html``."""
        return self._facts.get("service")

    @property
    def attempts(self) -> int:
        """How many requests the failed round sent for this step."""
        return int(self._facts.get("attempts", 0))

    @property
    def elapsed(self) -> float:
        """How long the failed round took, in seconds."""
        return float(self._facts.get("elapsed", 0.0))

    @property
    def retry_after(self) -> float | None:
        """What the service asked for in ``Retry-After``, in seconds."""
        return self._facts.get("retry_after")

    @property
    def causes(self) -> list[Mapping[str, str]]:
        """The likely causes, most likely first, each with ``cause`` and ``fix``."""
        return list(self._facts.get("causes", ()))

    @property
    def notes(self) -> list[str]:
        """Further facts of this very case, such as the paths tried."""
        return list(self._facts.get("notes", ()))

    def __reduce__(self) -> tuple[type[TrustedProfileError], tuple[str, Mapping[str, Any]]]:
        return type(self), (str(self), self._facts)


def invalid(message: str) -> TrustedProfileError:
    """The error about an argument."""
    from .errors import InvalidArgumentError

    return InvalidArgumentError(f"invalid_argument: {message}", {"message": message, "kind": "configuration"})


def place(error: BaseException) -> str:
    """Where an error of the program's own was raised, in brackets. Its text is another matter: it could hold anything."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f" ({trace.tb_frame.f_code.co_filename}, line {trace.tb_lineno})"
