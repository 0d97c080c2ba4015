"""Dates and times without a zone: people write text, the connector writes whole numbers.

`date`: days since 1970-01-01; `time`: units since midnight; `local_timestamp`: units since 1970-01-01T00:00:00. `units`: of a second.
"""

import re
from datetime import date, timedelta

EPOCH = date(1970, 1, 1)
DAY = 86_400
DATE, TIME = (
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})",
    r"(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})([.](?P<fraction>[0-9]{1,6}))?",
)
FORMS = {
    "date": re.compile(DATE),
    "time": re.compile(TIME),
    "local_timestamp": re.compile(f"{DATE}T{TIME}"),
}
EXAMPLES = {"date": "2026-01-31", "time": "10:00:00.5", "local_timestamp": "2026-01-31T10:00:00.5"}


def number(kind: str, text: str, units: int) -> int:
    """A text as the connector's number. Raises ValueError when it is none, or has more digits of a second than the column."""
    if not (found := FORMS[kind].fullmatch(text)):
        raise ValueError(f"write it like {EXAMPLES[kind]}")
    parts = found.groupdict()
    days = (date.fromisoformat(parts["date"]) - EPOCH).days if parts.get("date") else 0
    if kind == "date":
        return days
    hours, minutes, seconds = map(int, parts["time"].split(":"))
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError("there is no such time of day")
    digits = len(str(units)) - 1
    fraction = (parts["fraction"] or "").rstrip("0")
    if len(fraction) > digits:
        raise ValueError(f"the column keeps {digits} digits of a second")
    return (days * DAY + hours * 3600 + minutes * 60 + seconds) * units + int(fraction.ljust(digits, "0"))


def text(kind: str, value: int, units: int) -> str:
    """A number as text; as it is where no year that can be written has it."""
    days, rest = (value, 0) if kind == "date" else divmod(value, DAY * units)
    seconds, fraction = divmod(rest, units)
    tail = f".{fraction:0{len(str(units)) - 1}d}" if fraction else ""
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{tail}"
    if kind == "time":
        return clock
    try:
        day = (EPOCH + timedelta(days=days)).isoformat()
    except OverflowError:
        return str(value)
    return day if kind == "date" else f"{day}T{clock}"
