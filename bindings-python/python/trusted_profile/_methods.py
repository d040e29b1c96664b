"""Methods of clients, made when they are first looked at: there are hundreds."""

from __future__ import annotations

import keyword

from ._client import AsyncClient
from ._native import Operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FunctionType
    from typing import Any

_BODIES = {
    "": "return self.call({operation!r}, {given}).value",
    "_pages": "return (page.value for page in self.pages({operation!r}, {given}))",
    "_items": "return self.items({operation!r}, {given})",
}
_AWAITED = {
    **_BODIES,
    "": "return (await self.call({operation!r}, {given})).value",
    "_pages": "return (page.value async for page in self.pages({operation!r}, {given}))",
}


class Method:
    """The place of a method in its class until somebody asks for it."""

    def __init__(self, home: type, operation: str, ending: str, arguments: list[tuple[str, bool]], words: str) -> None:
        self._home = home
        self._operation = operation
        self._ending = ending
        self._arguments = arguments
        self._words = words

    def __get__(self, instance: object, owner: type) -> Any:
        # Into its own class: that of the instance may have another method of the name, which asks for this one.
        method = self._made(self._home)
        setattr(self._home, method.__name__, method)
        return method.__get__(instance, owner)

    def _made(self, owner: type) -> FunctionType:
        """Written as text, like those of data classes: so Python itself knows its arguments, and tells a wrong one."""
        is_async = issubclass(owner, AsyncClient)
        name = self._operation + self._ending
        own = sorted(self._arguments, key=lambda argument: not argument[1])
        named = ", ".join(_spelled(argument) + ("" if is_required else "=None") for argument, is_required in own)
        given = ", ".join(_handed_on(argument) for argument, _ in own)
        body = (_AWAITED if is_async else _BODIES)[self._ending].format(operation=self._operation, given=given)
        start = "async def" if is_async and not self._ending else "def"
        made: dict[str, Any] = {"__name__": owner.__module__}
        exec(f"{start} {name}(self{', *, ' if named else ''}{named}):\n    {body}", made)
        method: FunctionType = made[name]
        method.__qualname__ = f"{owner.__qualname__}.{name}"
        method.__doc__ = f"{self._words}\n\nArguments are named as in ``docs/operations.md``; ``None`` is not given."
        return method


def add_methods(owner: type) -> None:
    """Gives a client its operations."""
    for operation, arguments, words, has_pages in Operations.listed(getattr(owner, "_client")):
        for ending in _BODIES if has_pages else ("",):
            setattr(owner, operation + ending, Method(owner, operation, ending, arguments, words))


def _handed_on(name: str) -> str:
    return f"{name}={name}" if name == _spelled(name) else f"**{{{name!r}: {_spelled(name)}}}"


def _spelled(name: str) -> str:
    """A word of Python's own gets a line after it."""
    return name + "_" if keyword.iskeyword(name) else name
