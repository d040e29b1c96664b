"""What goes to :mod:`logging`, under ``trusted_profile``. Never headers, bodies or tokens."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from logging import Logger
    from typing import Any

    from ._native import Exchange

NAME = "trusted_profile"
_WARNINGS = ("refresh_failed", "not_ready", "failed", "clock_skew")
_TEXTS = {
    "fetched": "token fetched",
    "refreshed": "token refreshed",
    "refresh_failed": "refresh failed; the token in use stays",
    "not_ready": "not ready yet; trying again",
    "failed": "no token",
    "invalidated": "token dropped: a service refused it",
    "clock_skew": "this machine's clock differs from the service's",
}


def _logger() -> Logger | None:
    """The logger, if the program uses logging at all: importing it takes longer than fetching a token."""
    if "logging" not in sys.modules:
        return None
    # Another thread may be in the middle of importing it, which this waits for.
    import logging

    logger = logging.getLogger(NAME)
    if not logger.handlers:
        # Silent unless the program says where logs go.
        logger.addHandler(logging.NullHandler())
    return logger


def request(exchange: Exchange) -> None:
    """A request that is about to be sent."""
    logger = _logger()
    if logger is not None:
        logger.debug("request: %s %s", exchange.method, exchange.url)


def event(event: Mapping[str, Any]) -> None:
    """Something that happened to a token, in one line; its facts go along for whoever formats records."""
    logger = _logger()
    if logger is None:
        return
    name = event["event"]
    facts = " ".join(f"{key}={value}" for key, value in event.items() if key not in ("event", "error"))
    error = event.get("error")
    logger.log(
        _level(event),
        "%s (%s)%s",
        _TEXTS.get(name, name),
        facts,
        "" if error is None else f": {' | '.join(line.strip() for line in error['text'].splitlines())}",
        extra={"trusted_profile_event": name, "trusted_profile_facts": dict(event)},
    )


def _level(event: Mapping[str, Any]) -> int:
    if event["event"] not in _WARNINGS:
        return 20
    # The step above fails with it, and says the same.
    return 10 if event["event"] == "failed" and event["slot"] == "identity" else 30


def bundle_left_out(variable: str, error: Exception) -> None:
    """Certificates that the environment names and that cannot be read."""
    logger = _logger()
    if logger is not None:
        logger.warning("a certificate bundle is left out: %s: %s", variable, error)


def handler_failed() -> None:
    """The program's own handler raised, which must not take down whoever happened to report."""
    import logging

    logging.getLogger(NAME).exception("the on_event handler raised")
