"""The search for secrets, in every spelling that a log could give them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

SHORTEST = 12
"""Shorter texts occur by chance, and are no secrets."""
_ENOUGH, _PIECE = 60, 20


def leaks(output: str, secrets: Iterable[str]) -> set[tuple[str, str]]:
    """The spellings in which secrets show in ``output``, whole or cut short, each with the secret's first letters."""
    return {
        (spelling, secret[:8])
        for secret in secrets
        for part in parts(secret)
        for spelling, text in [*spell(part), *pieces(part)]
        if text in output
    }


def parts(secret: str) -> list[str]:
    """The secret, or the parts of a JWT that are worth something: the header is the same in every token."""
    split = secret.split(".")
    return split[1:] if len(split) == 3 and secret.startswith("eyJ") else [secret]


def pieces(part: str) -> Iterator[tuple[str, str]]:
    """What shows of a secret that was cut."""
    if len(part) >= 2 * _PIECE:
        yield "cut short", part[-_PIECE:]
        yield "cut short", part[_PIECE : 2 * _PIECE]


def spell(part: str) -> Iterator[tuple[str, str]]:
    """Every spelling of as much as has to be searched for: whoever shows all of it shows its beginning."""
    text = part[:_ENOUGH]
    octets = text.encode()
    yield "raw", text
    for lead in range(3):
        yield "base64", _aligned(octets, lead, base64.b64encode)
        yield "base64url", _aligned(octets, lead, base64.urlsafe_b64encode)
    for escape in ("%{:02X}", "%{:02x}"):
        yield "percent", "".join(map(escape.format, octets))
        # As encoders have it: letters and digits stay.
        yield "percent", "".join(chr(octet) if chr(octet).isalnum() else escape.format(octet) for octet in octets)
    yield "percent", quote(text, safe="")
    for separator in ("", " ", ":"):
        yield "hex", octets.hex(separator) if separator else octets.hex()
        yield "hex", (octets.hex(separator) if separator else octets.hex()).upper()
    for separator in (", ", ",", " "):
        yield "decimal", separator.join(map(str, octets))
    yield "escaped", "".join(map("\\x{:02x}".format, octets))


def _aligned(octets: bytes, lead: int, encode: Callable[[bytes], bytes]) -> str:
    """What is left of the base64 of the octets when ``lead`` others stand before them, and any after."""
    whole = bytes(lead) + octets
    return encode(whole).decode()[-(-lead * 8 // 6) : len(whole) * 8 // 6]
