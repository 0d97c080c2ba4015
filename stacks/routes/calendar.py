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
# What PostgreSQL shows of other years, and of what is no day.
BEYOND = re.compile("-?infinity|[0-9]{5,}-.*|.* BC")
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
    if (hours > 23 or minutes > 59 or seconds > 59) and (kind, parts["time"]) != ("time", "24:00:00"):
        raise ValueError("there is no such time of day")
    digits = len(str(units)) - 1
    fraction = (parts["fraction"] or "").rstrip("0")
    if len(fraction) > digits:
        raise ValueError(f"the column keeps {digits} digits of a second")
    return (days * DAY + hours * 3600 + minutes * 60 + seconds) * units + int(fraction.ljust(digits, "0"))


def shown(kind: str, text: str, units: int) -> int:
    """The same for what PostgreSQL shows: other years and infinities become a number that no test compares."""
    if kind != "time" and BEYOND.fullmatch(text):
        return known(kind, units)[0] - 1
    return number(kind, text, units)


def known(kind: str, units: int) -> tuple[int, int]:
    """The first and the last number that is compared: the years that can be written.

    The connector gives `infinity` numbers, too: a date's overflows, so that it comes before all others.
    """
    if kind == "time":
        return 0, DAY * units
    last = (date.max - EPOCH).days
    first = (date.min - EPOCH).days
    return (first, last) if kind == "date" else (first * DAY * units, (last + 1) * DAY * units - 1)


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
