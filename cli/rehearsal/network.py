"""The private network of a rehearsed stack: its addresses answer to whoever is inside, which is a matter of who forwards them."""

import asyncio
import threading
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager, suppress

from local.environment import Instance
from stacks.errors import CdcError

CHUNK = 65_536


async def pumped(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Everything that comes, until one side has enough."""
    with suppress(ConnectionError):
        while data := await source.read(CHUNK):
            target.write(data)
            await target.drain()
    target.close()


async def forwarded(instance: Instance, ready: Future[None], stop: asyncio.Event) -> None:
    """Serve until `stop`."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner, outer = await asyncio.open_connection("127.0.0.1", instance.port("cloud"))
        except OSError:
            writer.close()
            return
        await asyncio.gather(pumped(reader, outer), pumped(inner, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", instance.port("private"))
    async with server:
        ready.set_result(None)
        await stop.wait()


def serve(loop: asyncio.AbstractEventLoop, instance: Instance, ready: Future[None], stop: asyncio.Event) -> None:
    """In a thread: forward until `stop`; `ready` says when, or why not."""
    try:
        loop.run_until_complete(forwarded(instance, ready, stop))
    except OSError as error:
        taken = f"port {instance.port('private')} cannot be used: {error.strerror}"
        ready.set_exception(CdcError(taken, "end what listens there, or choose other ports: CDC_PORT_BASE"))


@contextmanager
def inside(instance: Instance) -> Generator[None]:
    """While this lasts, private addresses answer: we are a runner in the network. CdcError when their port is taken."""
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), Future[None]()
    thread = threading.Thread(target=serve, args=(loop, instance, ready, stop), daemon=True)
    thread.start()
    try:
        ready.result(10)
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
