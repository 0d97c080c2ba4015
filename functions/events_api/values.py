"""Values: what JSON allows and PostgreSQL cannot hold, and the one form in which ids and times are stored."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

MOST_DEPTH = 100
TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)  # RFC 3339, as PostgreSQL reads it
UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
HEADER_TIMES, ENTITY_TIMES = ("createdDate", "savedDate"), ("createdAt", "updatedAt")
Found = tuple[str, str]  # (JSON Pointer, what is wrong)


class TooDeep(Exception):
    """A document is nested deeper than MOST_DEPTH."""


def unstorable(document: Any) -> Iterator[Found]:
    """Texts, names and numbers that PostgreSQL's JSON and text cannot hold. Raises TooDeep. Without recursion."""
    stack: list[tuple[str, Any, int]] = [("", document, 0)]
    while stack:
        path, value, depth = stack.pop()
        if depth > MOST_DEPTH:
            raise TooDeep
        if isinstance(value, dict):
            for name, inner in value.items():
                here = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
                if why := bad_text(name):
                    yield here, f"the name {why}"
                stack.append((here, inner, depth + 1))
        elif isinstance(value, list):
            stack += [(f"{path}/{number}", inner, depth + 1) for number, inner in enumerate(value)]
        elif isinstance(value, str) and (why := bad_text(value)):
            yield path, why
        elif isinstance(value, float) and value in (float("inf"), float("-inf")):
            yield path, "is a number that is too large"


def bad_text(text: str) -> str:
    """Why PostgreSQL cannot store a text; empty when it can."""
    if "\0" in text:
        return "holds the character U+0000"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "holds a half of a surrogate pair"
    return ""


def bad_times(event: Mapping[str, Any]) -> Iterator[Found]:
    """Times that look like times, and that PostgreSQL does not take."""
    for path, holder, names in timed(event):
        for name in names:
            value = holder.get(name)
            if isinstance(value, str) and instant(value) is None:
                yield f"{path}/{name}", "is not a time of the years 1 to 9999, with at most 9 digits of a second"


def timed(event: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], tuple[str, ...]]]:
    """Where an event has times."""
    yield "/eventHeader", event["eventHeader"], HEADER_TIMES
    for number, entity in enumerate(event["entities"]):
        yield f"/entities/{number}/entityHeader", entity["entityHeader"], ENTITY_TIMES


def instant(text: str) -> datetime | None:
    """The moment; None for what is none."""
    found = TIME.fullmatch(text)
    if found is None:
        return None
    day, clock, fraction, zone = found.groups()
    try:
        return datetime.fromisoformat(
            f"{day}T{clock}{(fraction or '')[:7]}{zone.upper().replace('Z', '+00:00')}"
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def canonical(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event as it is stored: a UUID in lower case, the header's times in UTC, as conditions compare them."""
    header = dict(event["eventHeader"])
    if UUID.fullmatch(header["uuid"]):
        header["uuid"] = header["uuid"].lower()
    for name in HEADER_TIMES:
        if isinstance(header.get(name), str):
            header[name] = in_utc(header[name])
    return {**event, "eventHeader": header}


def in_utc(text: str) -> str:
    """A time with `Z`; with as many digits of a second as it had, six at most where its zone changes."""
    found, moment = TIME.fullmatch(text), instant(text)
    if found is None or moment is None or found[4] == "Z":
        return text
    fraction = (found[3] or "")[:7]
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + fraction + "Z"
