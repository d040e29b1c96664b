"""The faults and what is expected under each. Their names are those of ``docs/faults.md``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

UNREACHABLE = "unreachable"
TOKEN = "token"
# Whose answers come late or never: under the others, short times would only measure how busy this machine is.
_SLOW = ("hang", "drip", "unreachable")


@dataclass(frozen=True)
class Row:
    """One fault. ``expected`` is an error code, ``UNREACHABLE``, or ``TOKEN`` where the answer is odd, yet right."""

    name: str
    fault: dict[str, Any]
    expected: str

    @property
    def is_slow(self) -> bool:
        return self.fault["kind"] in _SLOW


def rows(elsewhere: str) -> list[Row]:
    """All of them; redirects lead to ``elsewhere``."""
    groups = (_statuses(), _connections(), _bodies(), _redirects(elsewhere), _oddities())
    return [Row(name, {"kind": kind, **settings}, expected) for group in groups for name, kind, settings, expected in group]


Group = list[tuple[str, str, dict[str, Any], str]]


def _statuses() -> Group:
    return [
        ("429, `Retry-After: 2`", "status", {"status": 429, "retry_after": "2"}, "rate_limited"),
        ("500", "status", {"status": 500}, "service_failed"),
        ("503", "status", {"status": 503}, "service_failed"),
        ("501", "status", {"status": 501}, "not_implemented"),
        ("401", "status", {"status": 401}, "unauthenticated"),
        ("403", "status", {"status": 403}, "forbidden"),
        ("404", "status", {"status": 404}, "not_found"),
    ]


def _connections() -> Group:
    return [
        ("never answers", "hang", {}, UNREACHABLE),
        ("one byte per second", "drip", {"interval_ms": 1000}, UNREACHABLE),
        ("nothing listens", "not_listening", {}, UNREACHABLE),
        ("reset when accepted", "refuse", {}, UNREACHABLE),
        ("connection attempts unanswered", "unreachable", {}, UNREACHABLE),
        ("reset before the answer", "reset", {}, UNREACHABLE),
        ("closed before the answer", "close", {}, UNREACHABLE),
        ("closed in the body", "close_mid_body", {}, UNREACHABLE),
        ("reset in the body", "close_mid_body", {"reset": True}, UNREACHABLE),
    ]


def _bodies() -> Group:
    return [
        ("invalid JSON", "invalid_json", {}, "malformed_response"),
        ("half the JSON", "truncated_json", {}, "malformed_response"),
        ("200 `text/html`", "html", {}, "malformed_response"),
        ("503 `text/html`", "html", {"status": 503}, "service_failed"),
        ("`{}`", "empty_object", {}, "malformed_response"),
        ("empty body", "empty_body", {}, "malformed_response"),
        ("10 MB body", "huge_body", {"bytes": 10_000_000}, "response_too_large"),
        ("2 MB body of unknown length", "huge_body", {"bytes": 2_000_000, "content_length": False}, "response_too_large"),
        ("2 MB body, compressed", "gzip_bomb", {"bytes": 2_000_000}, "malformed_response"),
        ("expired on arrival", "expired_on_arrival", {}, "expired_on_arrival"),
        ("token is not a JWT", "opaque_token", {}, TOKEN),
    ]


def _redirects(elsewhere: str) -> Group:
    return [
        (f"{status} to another host", "redirect", {"status": status, "location": f"{elsewhere}/identity/token"}, "redirect_refused")
        for status in (302, 307, 308)
    ]


def _oddities() -> Group:
    return [
        ("200 ms late", "latency", {"ms": 200}, TOKEN),
        ("no `expires_in`", "missing_expires_in", {}, TOKEN),
        ("`expires_in` as text", "expires_in_string", {}, TOKEN),
        ("the service's clock half an hour ahead", "skew", {"seconds": 1800}, TOKEN),
        ("the service's clock half an hour behind", "skew", {"seconds": -1800}, TOKEN),
        ("wrong content type", "content_type", {"value": "text/plain"}, TOKEN),
        ("unknown properties", "extra_fields", {}, TOKEN),
        ("`Connection: close`", "connection_close", {}, TOKEN),
    ]
