"""Asks one engine whether it is ready."""

import asyncio
import ssl
from typing import Any

import httpx2


async def answers(ready: tuple[str, ...], context: ssl.SSLContext) -> bool:
    """`("tcp", port)` accepts a connection, or `("http", url, key)` answers 200 (with a non-empty `key`, if named).

    `context`: who we are to those who ask.
    """
    if ready[0] == "tcp":
        return await accepts(int(ready[1]))
    return await responds(ready[1], ready[2], context)


async def accepts(port: int) -> bool:
    """Does something listen on this loopback port?"""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 2)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def responds(url: str, key: str, context: ssl.SSLContext) -> bool:
    """Does this URL answer 200 (and its JSON hold something under `key`)?"""
    try:
        async with httpx2.AsyncClient(timeout=3, trust_env=False, verify=context) as client:
            response = await client.get(url)
    except httpx2.HTTPError:
        return False
    if response.status_code != 200:
        return False
    body: Any = response.json() if key else {key: True}
    return bool(body.get(key))
