"""An engine's log, read while it grows."""

import asyncio
import re
from pathlib import Path

EVERY = 0.5  # seconds between two looks


async def line(log: Path, pattern: str, offset: int) -> str:
    """The first line at or after a byte offset that has the pattern; without a pattern, never."""
    if not pattern:
        await asyncio.Event().wait()
    wanted, rest = re.compile(pattern.encode()), b""
    while True:
        read = await asyncio.to_thread(since, log, offset)
        offset, text = offset + len(read), rest + read
        *whole, rest = text.split(b"\n")
        for one in whole:
            if wanted.search(one):
                return one.decode(errors="replace").strip()
        await asyncio.sleep(EVERY)


def since(log: Path, offset: int) -> bytes:
    """What the file has from an offset on; nothing where somebody removed it: that is no reason to end an engine."""
    try:
        with log.open("rb") as file:
            file.seek(offset)
            return file.read()
    except FileNotFoundError:
        return b""
