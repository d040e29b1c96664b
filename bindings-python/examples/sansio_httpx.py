"""A whole driver of one's own, by httpx and asyncio: many tasks share one machine.

    python sansio_httpx.py [METADATA_ENDPOINT]
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx

from trusted_profile import AccessToken
from trusted_profile.sansio import Action, Exchange, Response, Ticket, TokenManager, TransportError


class Tokens:
    """Gives out tokens to the tasks of one loop."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        self._machine = TokenManager(source)
        self._reported = asyncio.Event()
        self._work: set[asyncio.Task[None]] = set()

    async def token(self) -> AccessToken:
        ticket = Ticket()
        while True:
            # Held before the poll, or a report that comes between would go unnoticed.
            reported = self._reported
            action = self._machine.poll(ticket)
            if isinstance(action, Action.Ready):
                self._start(self._machine.poll_refresh())
                return action.token
            if isinstance(action, Action.Failed):
                raise action.error
            if isinstance(action, Action.Wait):
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(reported.wait(), action.at_most)
            else:
                self._start(action)

    def _start(self, work: Action | None) -> None:
        """Apart from the task that got it, so that nobody suffers when that one is cancelled."""
        if work is not None:
            task = asyncio.create_task(self._perform(work))
            self._work.add(task)
            task.add_done_callback(self._work.discard)

    async def _perform(self, work: Action) -> None:
        if isinstance(work, Action.Send):
            try:
                self._machine.handle(work.exchange.id, await send(work.exchange))
            except TransportError as error:
                self._machine.fail(work.exchange.id, error.kind, error.detail)
        elif isinstance(work, Action.NeedFiles):
            await asyncio.to_thread(self._machine.read_files, work.id, work.paths, work.max_bytes)
        # Everybody polls again after every report.
        self._reported.set()
        self._reported = asyncio.Event()


async def send(exchange: Exchange) -> Response:
    """One request within its limits."""
    # Only the public network has the proxies of the environment. httpx follows no redirects unless it is told to.
    client = httpx.AsyncClient(trust_env=exchange.network == "public", timeout=httpx.Timeout(None, connect=exchange.connect_timeout))
    try:
        async with client:
            return await asyncio.wait_for(converse(client, exchange), exchange.timeout)
    except (asyncio.TimeoutError, httpx.ReadTimeout):
        raise TransportError("read_timeout", f"{exchange.timeout:.1f} s") from None
    except httpx.ConnectTimeout:
        raise TransportError("connect_timeout", f"{exchange.connect_timeout:.1f} s") from None
    except httpx.ConnectError as error:
        raise TransportError("unreachable", type(error).__name__) from None
    except httpx.ProxyError as error:
        raise TransportError("proxy", type(error).__name__) from None
    except httpx.HTTPError as error:
        raise TransportError("interrupted", type(error).__name__) from None


async def converse(client: httpx.AsyncClient, exchange: Exchange) -> Response:
    # As it is on the wire: what unpacks to gigabytes is none of ours.
    headers = [*exchange.headers, ("accept-encoding", "identity")]
    async with client.stream(exchange.method, exchange.url, headers=headers, content=exchange.body or None) as answer:
        body = bytearray()
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > exchange.max_response_bytes:
                raise TransportError("too_large", f"more than {exchange.max_response_bytes} bytes")
        return Response(answer.status_code, answer.headers.multi_items(), bytes(body))


async def main(endpoint: str | None = None) -> None:
    tokens = Tokens({"source": "vpc_instance", "endpoint": endpoint})
    found = await asyncio.gather(*(tokens.token() for _ in range(50)))
    print(f"{len(found)} tasks, {len({token.generation for token in found})} token")


asyncio.run(main(*sys.argv[1:]))
