"""Bodies of requests, bounded in size and time before anybody looks at them."""

import asyncio

from starlette.requests import ClientDisconnect, Request

SECONDS = 30


class Unbounded(Exception):
    """A body that is too large, too slow or cut off. `status` is the answer's."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


async def body(request: Request, size: int) -> bytes:
    """At most `size` bytes. Raises Unbounded."""
    found = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for chunk in request.stream():
                found += chunk
                if len(found) > size:
                    raise Unbounded(413, f"the body is larger than {size:,} bytes")
    except TimeoutError as error:
        raise Unbounded(408, f"the body did not come within {SECONDS} s") from error
    except ClientDisconnect as error:
        raise Unbounded(400, "the body ended early") from error
    return bytes(found)
