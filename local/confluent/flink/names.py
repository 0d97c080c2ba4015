"""Quoting."""

from local.confluent.errors import ApiError


def identifier(name: str) -> str:
    """A quoted identifier; names with back-ticks do not exist on Confluent."""
    if "`" in name:
        raise ApiError(400, f"the name {name!r} has a back-tick")
    return f"`{name}`"


def literal(value: str) -> str:
    """A quoted string."""
    return "'" + value.replace("'", "''") + "'"
