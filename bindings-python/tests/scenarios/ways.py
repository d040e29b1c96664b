"""The ways of using a provider: by threads and by tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

from trusted_profile import AccessToken, TokenProvider, TrustedProfileError
from trusted_profile.errors import DeadlineExceededError

from .script import Call

# What a caller got; none means that it gave up itself.
Answer = AccessToken | TrustedProfileError | None


@dataclass(frozen=True)
class Way:
    """How callers ask, and by which transport."""

    name: str
    transport: str
    ask: Callable[[TokenProvider, Call, Callable[[], bool]], list[Answer]]
    """Has all callers of a call ask at once. The function turns true when those that give up have to."""


def by_threads(tokens: TokenProvider, call: Call, is_time_to_give_up: Callable[[], bool]) -> list[Answer]:
    """Callers are threads; giving up is a short timeout of the caller's own."""
    start = Barrier(call.callers)

    def ask(number: int) -> Answer:
        gives_up = number < call.cancelled
        limit = 0.005 if gives_up else None if call.timeout_ms is None else call.timeout_ms / 1000
        start.wait()
        while True:
            try:
                return tokens.token(limit)
            except DeadlineExceededError as error:
                if limit is None:
                    return error
                # A thread that gives up asks again until its time has come, like a caller that polls.
                if not gives_up or is_time_to_give_up():
                    return None
            except TrustedProfileError as error:
                return error

    with ThreadPoolExecutor(call.callers) as callers:
        return list(callers.map(ask, range(call.callers)))


def by_tasks(tokens: TokenProvider, call: Call, is_time_to_give_up: Callable[[], bool]) -> list[Answer]:
    """Callers are tasks of one loop; giving up is being cancelled."""
    return asyncio.run(_gather(tokens, call, is_time_to_give_up))


async def _gather(tokens: TokenProvider, call: Call, is_time_to_give_up: Callable[[], bool]) -> list[Answer]:
    limit = None if call.timeout_ms is None else call.timeout_ms / 1000
    tasks = [asyncio.create_task(_ask(tokens, limit)) for _ in range(call.callers)]
    if call.cancelled:
        while not await asyncio.to_thread(is_time_to_give_up):
            await asyncio.sleep(0.001)
        for task in tasks[: call.cancelled]:
            task.cancel()
    await asyncio.wait(tasks)
    return [None if task.cancelled() else task.result() for task in tasks]


async def _ask(tokens: TokenProvider, limit: float | None) -> Answer:
    try:
        return await asyncio.wait_for(tokens.token_async(), limit)
    except TrustedProfileError as error:
        # Before the next one: the provider's own deadline is a TimeoutError as well.
        return error
    except asyncio.TimeoutError:
        return None


THREADS = Way("threads", "native", by_threads)
TASKS = Way("tasks", "native", by_tasks)
THREADS_OF_PYTHON = Way("threads with the transport of Python", "python", by_threads)
