"""JSON into dataclasses: what has an unknown member, lacks one or is of another type is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


class UnfitError(Exception):
    """A file that says what its runner does not know."""


def read(kind: type[T], value: object, where: str) -> T:
    """``value`` as ``kind``. A field whose name ends in an underscore is the member without it."""
    return cast(T, _read(kind, value, where))


def only(record: Any, names: Iterable[str] = ()) -> str:
    """The name of the one field that is given, of those named or of all."""
    names = tuple(names) or tuple(field.name for field in fields(record))
    given = [name for name in names if getattr(record, name) is not None]
    if len(given) != 1:
        raise UnfitError(f"exactly one of {', '.join(names)} has to be given, not {given}")
    return given[0]


def _read(kind: Any, value: Any, where: str) -> Any:
    if kind is Any:
        return value
    if is_dataclass(kind) and isinstance(value, dict):
        return _record(kind, value, where)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(parts, value, where)
    if origin is Literal and value in parts:
        return value
    if origin is list and isinstance(value, list):
        return [_read(parts[0], item, f"{where}/{number}") for number, item in enumerate(value)]
    if origin is dict and isinstance(value, dict):
        return {name: _read(parts[1], member, f"{where}/{name}") for name, member in value.items()}
    # By type and not by isinstance: true is no number.
    if type(value) is kind:
        return value
    raise UnfitError(f"{where}: expected {getattr(kind, '__name__', kind)}, got {value!r}")


def _one_of(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    # None goes last, so that what is told is what the other kind misses.
    problem = UnfitError(where)
    for kind in sorted(kinds, key=lambda kind: kind is not NoneType):
        try:
            return _read(kind, value, where)
        except UnfitError as error:
            problem = error
    raise problem


def _record(kind: Any, members: dict[str, Any], where: str) -> Any:
    known = _members(kind)
    unknown = members.keys() - known.keys()
    if unknown:
        raise UnfitError(f"{where}: nobody knows the members {sorted(unknown)}")
    for name, (field, _) in known.items():
        if name not in members and field.default is MISSING and field.default_factory is MISSING:
            raise UnfitError(f"{where}: {name} is missing")
    given = {known[name][0].name: _read(known[name][1], member, f"{where}/{name}") for name, member in members.items()}
    return kind(**given)


@cache
def _members(kind: Any) -> dict[str, tuple[Field[Any], Any]]:
    """The fields and their types, by the members' names."""
    hints = get_type_hints(kind)
    return {field.metadata.get("name", field.name.rstrip("_")): (field, hints[field.name]) for field in fields(kind)}
