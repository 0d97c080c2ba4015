"""Bodies of a size: small as they are made, others with a text in their header, which goes the whole way."""

import json
import random
import string
from typing import Any

from stacks.errors import CdcError

SIZES = {"small": 0, "medium": 2_048, "4k": 4_096, "large": 16_384}
LETTERS = string.ascii_letters + string.digits


def bytes_of(size: str) -> int:
    """A name of SIZES, or a number. CdcError for another one."""
    if size in SIZES:
        return SIZES[size]
    if not size.isdigit():
        raise CdcError(f"{size!r} is no size", f"{', '.join(SIZES)}, or a number of bytes")
    return int(size)


def padded(body: dict[str, Any], size: int, chance: random.Random) -> dict[str, Any]:
    """The same body with at least so many bytes."""
    missing = size - len(json.dumps(body)) - len(', "padding": ""')
    if missing > 0:
        body["eventHeader"]["padding"] = "".join(chance.choices(LETTERS, k=missing))
    return body
