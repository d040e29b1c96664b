"""What the clients of all services share."""

from __future__ import annotations

from ._calls import turn, turn_async
from ._native import Operations
from ._provider import TokenProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any, ClassVar

    from ._native import Call, Step


class Reply:
    """An answer with what came along.

    ``value`` is what the service answered, as ``json.loads`` would have it; ``None`` for nothing, text for text. ``status`` is
    the HTTP status, always 2xx, or 404 where that means no. ``headers`` has names in lower case; ``etag`` is what ``if_match``
    takes.
    """

    __slots__ = ("headers", "status", "value")

    def __init__(self, value: Any, status: int, headers: dict[str, str]) -> None:
        self.value = value
        self.status = status
        self.headers = headers

    def __repr__(self) -> str:
        # The rest may hold secrets.
        return f"<Reply {self.status}>"


class _Base:
    """The settings of a client, and what it has learned of resources."""

    _client: ClassVar[str]

    def __init__(
        self,
        tokens: TokenProvider,
        *,
        endpoint: str | None = None,
        version: str | None = None,
        deadline: float | None = None,
        always_if_match: bool = False,
    ) -> None:
        self._begin_with(tokens, None, endpoint, version, deadline, always_if_match)

    def _begin_with(
        self,
        tokens: TokenProvider,
        region: str | None,
        endpoint: str | None,
        version: str | None,
        deadline: float | None,
        always_if_match: bool,
    ) -> None:
        if not isinstance(tokens, TokenProvider):
            raise TypeError(f"tokens: expected a TokenProvider, got {type(tokens).__name__}")
        self._tokens = tokens
        self._operations = Operations(
            self._client, endpoint=endpoint, region=region, version=version, deadline=deadline, always_if_match=always_if_match
        )

    def request(self, operation: str, /, **arguments: Any) -> tuple[str, str, dict[str, str], bytes]:
        """The request of an operation, without credentials: its method, address, headers and body. Nothing is sent.

        :param operation: its name, such as ``list_instances``.
        :raises InvalidArgumentError: names the argument that is wrong.
        """
        method, url, headers, body = self._operations.request(self._tokens._machine, operation, arguments)
        return method, url, _joined(headers), body

    def _call(self, operation: str, arguments: dict[str, Any], *, pages: bool) -> Call:
        return self._operations.begin(self._tokens._machine, operation, arguments, pages)

    def _reply(self, call: Call, step: Step.Answer | None) -> Reply | None:
        self._operations.learn_from(call)
        return None if step is None else Reply(step.value, step.status, _joined(step.headers))

    def _items(self, operation: str, page: Any) -> list[Any]:
        name = self._operations.items_name(operation)
        items = page.get(name) if isinstance(page, dict) else None
        return items if isinstance(items, list) else []

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._tokens!r}>"


class Client(_Base):
    """A client whose calls block, from any thread. It takes its tokens from a provider, and may share that with others.

    :param tokens: where the tokens come from.
    :param endpoint: ``"public"``, ``"private"``, ``"private(REGION)"`` or an address. Where the tokens come from, for metadata.
    :param version: a version date, where the service has them; the newest known unless given.
    :param deadline: the most that a call may take in all, in seconds: 60, and 10 for metadata. A page is a call of its own.
    :param always_if_match: sends ``If-Match`` with what was last read also where the service does not demand it.
    :raises InvalidArgumentError: names the setting that cannot be used.
    """

    def call(self, operation: str, /, **arguments: Any) -> Reply:
        """Any operation by its name, with what came along with its answer.

        :param operation: such as ``list_instances``.
        :raises TrustedProfileError: why there is no answer, with the likely causes.
        """
        call = self._call(operation, arguments, pages=False)
        reply = self._reply(call, turn(self._tokens, call))
        assert reply is not None, "a call has an answer"
        return reply

    def pages(self, operation: str, /, **arguments: Any) -> Iterator[Reply]:
        """The pages of an operation, one call each. Nothing is sent before the first is asked for."""
        call = self._call(operation, arguments, pages=True)
        while (page := self._reply(call, turn(self._tokens, call))) is not None:
            yield page

    def items(self, operation: str, /, **arguments: Any) -> Iterator[Any]:
        """The items of all pages of an operation."""
        for page in self.pages(operation, **arguments):
            yield from self._items(operation, page.value)


class AsyncClient(_Base):
    """A client for tasks of asyncio; its settings are those of :class:`Client`. Nothing in it blocks the loop."""

    async def call(self, operation: str, /, **arguments: Any) -> Reply:
        """Any operation by its name, with what came along with its answer. Bound it with ``asyncio.timeout``, or ``deadline``.

        :param operation: such as ``list_instances``.
        :raises TrustedProfileError: why there is no answer, with the likely causes.
        """
        call = self._call(operation, arguments, pages=False)
        reply = self._reply(call, await turn_async(self._tokens, call))
        assert reply is not None, "a call has an answer"
        return reply

    async def pages(self, operation: str, /, **arguments: Any) -> AsyncIterator[Reply]:
        """The pages of an operation, one call each. Nothing is sent before the first is asked for."""
        call = self._call(operation, arguments, pages=True)
        while (page := self._reply(call, await turn_async(self._tokens, call))) is not None:
            yield page

    async def items(self, operation: str, /, **arguments: Any) -> AsyncIterator[Any]:
        """The items of all pages of an operation."""
        async for page in self.pages(operation, **arguments):
            for item in self._items(operation, page.value):
                yield item


def _joined(headers: list[tuple[str, str]]) -> dict[str, str]:
    """What came more than once is one value (RFC 9110, section 5.3)."""
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
