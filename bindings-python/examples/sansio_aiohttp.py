"""The machine in a single task, with aiohttp for its requests: the least that a driver can be.

    python sansio_aiohttp.py PROFILE_ID TOKEN_FILE [IAM_ENDPOINT]
"""

from __future__ import annotations

import asyncio
import sys

import aiohttp

from trusted_profile import AccessToken
from trusted_profile.sansio import Action, Exchange, Response, Ticket, TokenManager, TransportError


async def token(machine: TokenManager) -> AccessToken:
    """For one task at a time. Where several share a machine, see ``sansio_httpx.py``."""
    ticket = Ticket()
    while True:
        action = machine.poll(ticket)
        if isinstance(action, Action.Ready):
            return action.token
        if isinstance(action, Action.Failed):
            raise action.error
        if isinstance(action, Action.Wait):
            await asyncio.sleep(action.at_most)
        elif isinstance(action, Action.NeedFiles):
            await asyncio.to_thread(machine.read_files, action.id, action.paths, action.max_bytes)
        elif isinstance(action, Action.Send):
            try:
                machine.handle(action.exchange.id, await send(action.exchange))
            except TransportError as error:
                machine.fail(action.exchange.id, error.kind, error.detail)
            except asyncio.CancelledError:
                machine.abandon(action.exchange.id)
                raise


async def send(exchange: Exchange) -> Response:
    """One request within its limits."""
    timeout = aiohttp.ClientTimeout(total=exchange.timeout, sock_connect=exchange.connect_timeout)
    # As it is on the wire: what unpacks to gigabytes is none of ours.
    headers = [*exchange.headers, ("accept-encoding", "identity")]
    body = exchange.body or None
    # Only the public network has the proxies of the environment.
    async with aiohttp.ClientSession(
        timeout=timeout, trust_env=exchange.network == "public", auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        try:
            async with session.request(exchange.method, exchange.url, headers=headers, data=body, allow_redirects=False) as answer:
                return Response(answer.status, list(answer.headers.items()), await read(answer, exchange.max_response_bytes))
        except aiohttp.ConnectionTimeoutError:
            raise TransportError("connect_timeout", f"{exchange.connect_timeout:.1f} s") from None
        except asyncio.TimeoutError:
            raise TransportError("read_timeout", f"{exchange.timeout:.1f} s") from None
        except aiohttp.ClientConnectorDNSError as error:
            raise TransportError("dns", type(error).__name__) from None
        except aiohttp.ClientSSLError as error:
            raise TransportError("tls", type(error).__name__) from None
        except aiohttp.ClientConnectorError as error:
            raise TransportError("unreachable", type(error).__name__) from None
        except aiohttp.ClientError as error:
            raise TransportError("interrupted", type(error).__name__) from None


async def read(answer: aiohttp.ClientResponse, cap: int) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(65536):
        body += chunk
        if len(body) > cap:
            raise TransportError("too_large", f"more than {cap} bytes")
    return bytes(body)


async def main(profile_id: str, cr_token_file: str, endpoint: str = "public") -> None:
    source = {"source": "container", "profile_id": profile_id, "cr_token_file": cr_token_file, "endpoint": endpoint}
    print(await token(TokenManager(source)))


asyncio.run(main(*sys.argv[1:]))
