"""UTC timestamps as text: the one form that conditions compare, and how it sorts."""

import re
from datetime import date

# What Debezium writes and the events API demands: UTC, `T` and `Z`, up to nine digits of a second.
TIMESTAMP = (
    "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?Z$"
)


TIMESTAMP_WIDTH = 28  # 2026-01-31T10:00:00 and nine digits of a second


def instant(text: str) -> str:
    """A timestamp as digits that sort by time: its `Z` and `.` dropped, filled up to nanoseconds."""
    return text.replace("Z", "").replace(".", "").ljust(TIMESTAMP_WIDTH, "0")


IS_TIMESTAMP = re.compile(TIMESTAMP.removesuffix("$") + r"\Z", re.ASCII)


def valid_instant(text: str) -> bool:
    """A UTC time of a day that exists."""
    if not IS_TIMESTAMP.match(text):
        return False
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True
