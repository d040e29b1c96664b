"""No secret in anything that a program may log."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable

from difference import Difference


class Leaks:
    """The secrets of one file, in every spelling they could be shown in."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._needles = [needle for secret in secrets for needle in _spellings(secret)]

    def check(self, what: str, *values: object) -> None:
        """Looks at what ``print`` and a log would show of the values."""
        for value in values:
            for text in (repr(value), str(value)):
                for needle in self._needles:
                    if needle in text:
                        raise Difference(f"{what} shows the secret {needle}: {text}")


def _spellings(secret: str) -> list[str]:
    data = secret.encode()
    base64 = [encode(data).decode().rstrip("=") for encode in (b64encode, urlsafe_b64encode)]
    return [secret, _escaped(data, ""), _escaped(data, "*-._").replace("%20", "+"), *base64]


def _escaped(data: bytes, kept: str) -> str:
    """Percent-encoding; ASCII letters and digits always stay."""
    return "".join(chr(byte) if chr(byte) in kept or (byte < 128 and chr(byte).isalnum()) else f"%{byte:02X}" for byte in data)
