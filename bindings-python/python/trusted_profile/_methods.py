"""Methods of clients, made when they are first looked at: there are hundreds."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from ._client import AsyncClient, Client
from ._native import Operations

if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable

_ENDINGS = {"": "call", "_pages": "pages", "_items": "items"}


class Method:
    """The place of a method in its class until somebody asks for it."""

    def __init__(self, operation: str, ending: str, arguments: list[tuple[str, bool]], words: str) -> None:
        self._operation = operation
        self._ending = ending
        self._arguments = arguments
        self._words = words

    def __get__(self, instance: object, owner: type) -> Any:
        method = self._made(owner)
        setattr(owner, method.__name__, method)
        return getattr(owner if instance is None else instance, method.__name__)

    def _made(self, owner: type) -> Callable[..., Any]:
        given = {_spelled(name): name for name, _ in self._arguments}
        method = _FORMS[issubclass(owner, AsyncClient), self._ending](self._operation, given)
        method.__name__ = self._operation + self._ending
        method.__qualname__ = f"{owner.__qualname__}.{method.__name__}"
        method.__module__ = owner.__module__
        method.__doc__ = f"{self._words}\n\nArguments are named as in ``docs/operations.md``; ``None`` is not given."
        method.__signature__ = self._signature()  # type: ignore[attr-defined]
        return method

    def _signature(self) -> inspect.Signature:
        import inspect

        keyword_only, empty = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty
        own = sorted(self._arguments, key=lambda argument: not argument[1])
        named = [inspect.Parameter(_spelled(name), keyword_only, default=empty if is_required else None) for name, is_required in own]
        return inspect.Signature([inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD), *named])


def add_methods(owner: type) -> None:
    """Gives a client its operations."""
    for operation, arguments, words, has_pages in Operations.listed(getattr(owner, "_client")):
        for ending in _ENDINGS if has_pages else ("",):
            setattr(owner, operation + ending, Method(operation, ending, arguments, words))


def _spelled(name: str) -> str:
    """A word of Python's own gets a line after it."""
    return name + "_" if keyword.iskeyword(name) else name


def _named(given: dict[str, str], arguments: dict[str, Any]) -> dict[str, Any]:
    return {given.get(name, name): value for name, value in arguments.items()}


def _blocking(operation: str, given: dict[str, str]) -> Callable[..., Any]:
    def method(self: Client, **arguments: Any) -> Any:
        return self.call(operation, **_named(given, arguments)).value

    return method


def _blocking_pages(operation: str, given: dict[str, str]) -> Callable[..., Any]:
    def method(self: Client, **arguments: Any) -> Any:
        return (page.value for page in self.pages(operation, **_named(given, arguments)))

    return method


def _blocking_items(operation: str, given: dict[str, str]) -> Callable[..., Any]:
    def method(self: Client, **arguments: Any) -> Any:
        return self.items(operation, **_named(given, arguments))

    return method


def _awaited(operation: str, given: dict[str, str]) -> Callable[..., Any]:
    async def method(self: AsyncClient, **arguments: Any) -> Any:
        return (await self.call(operation, **_named(given, arguments))).value

    return method


def _awaited_pages(operation: str, given: dict[str, str]) -> Callable[..., Any]:
    async def method(self: AsyncClient, **arguments: Any) -> Any:
        async for page in self.pages(operation, **_named(given, arguments)):
            yield page.value

    return method


def _awaited_items(operation: str, given: dict[str, str]) -> Callable[..., Any]:
    def method(self: AsyncClient, **arguments: Any) -> Any:
        return self.items(operation, **_named(given, arguments))

    return method


_FORMS = {
    (False, ""): _blocking,
    (False, "_pages"): _blocking_pages,
    (False, "_items"): _blocking_items,
    (True, ""): _awaited,
    (True, "_pages"): _awaited_pages,
    (True, "_items"): _awaited_items,
}
