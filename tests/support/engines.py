"""What the supervisor says of the engines."""

from typing import Any

from local.engines import client
from local.environment import Instance


def engine(name: str) -> dict[str, Any]:
    """Name, state, pid and more. StopIteration when there is none of this name, or no environment."""
    return next(one for one in client.engines(Instance.here()) or [] if one["name"] == name)
