"""Compares an error with what is expected of it."""

from __future__ import annotations

from difference import Difference, all_in, same, same_if_given

from trusted_profile import TrustedProfileError
from trusted_profile.errors import BY_CODE

from .expected import Failure
from .instants import whole_ms


def check(expected: Failure, found: TrustedProfileError) -> None:
    """Raises the first difference, along with the whole error."""
    try:
        _compare(expected, found)
    except Difference as difference:
        raise Difference(f"{difference}\n  in: {found}") from None


def _compare(expected: Failure, found: TrustedProfileError) -> None:
    same("code", expected.code, found.code)
    same("class", BY_CODE[expected.code].__name__, type(found).__name__)
    same_if_given("status", expected.status, found.status or 0)
    service = found.service or {}
    same_if_given("service_code", expected.service_code, service.get("code") or "")
    same_if_given("service_message", expected.service_message, service.get("message") or "")
    same_if_given("trace", expected.trace, service.get("trace") or "")
    same_if_given("attempts", expected.attempts, found.attempts)
    same_if_given("elapsed", expected.elapsed, whole_ms(found.elapsed))
    same_if_given("transient", expected.transient, found.transient)
    same_if_given("retry_after", expected.retry_after, whole_ms(found.retry_after or 0.0))
    causes = [f"{cause['cause']}: {cause['fix']}" for cause in found.causes]
    all_in("message", expected.message_contains, [found.message])
    if expected.causes_first_contains is not None:
        all_in("first cause", [expected.causes_first_contains], causes[:1])
    all_in("causes", expected.causes_contain, causes)
    all_in("notes", expected.notes_contain, found.notes)
    all_in("error", expected.contains, [str(found)])
    for text in expected.not_contains:
        if text in str(found):
            raise Difference(f"{text!r} must not be in the error")
