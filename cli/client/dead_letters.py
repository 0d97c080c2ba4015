"""The records of a stack: what a dead-record topic holds, and which were written back already.

A record's id is where its record was: `<topic>/<partition>/<offset>`. A record of the dead-record topic whose key is
that id and which has the header `cdc-redriven` says that the record was written back; both are written in one transaction. Such a mark holds
the letter once more, since Flink reads the topic as a table that only grows: a null value would end every SELECT. (Marks of
earlier versions are null.)
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from confluent_kafka import Message

from cli.client import kafka, registry
from cli.client.stack import Stack
from stacks.contract import SourceContract
from stacks.errors import CdcError

MARK = "cdc-redriven"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record that could not be decoded. `statements`: which of them met it. `letter`: as it lies on the dead-record topic."""

    id: str
    source: str
    error: str
    at: datetime
    statements: tuple[str, ...]
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes
    headers: dict[str, bytes | None]
    letter: bytes
    redriven: bool = False


def sources(stack: Stack, name: str | None) -> list[SourceContract]:
    """The sources that have dead letters; one of them by name. CdcError when there is none of that name."""
    found = [s for s in stack.contract.sources if s.dead_letter_topic and name in (None, s.name)]
    if not found:
        known = ", ".join(s.name for s in stack.contract.sources)
        raise CdcError(f"there is no source {name!r} with dead letters", f"known: {known}")
    return found


def read(stack: Stack, name: str | None = None) -> list[DeadLetter]:
    """Every record, oldest first, each once however many statements met it."""
    decoder = registry.Decoder(stack, "operator")
    found: dict[str, DeadLetter] = {}
    done: set[str] = set()
    for source in sources(stack, name):
        for message in kafka.read_all(stack, "operator", [source.dead_letter_topic], 60):
            if is_mark(message):
                done.add(str(bytes(message.key() or b""), "utf-8"))
            else:
                record = parse(source.name, decoder.part(message.value()), bytes(message.value() or b""))
                earlier = found.get(record.id)
                names = (*(earlier.statements if earlier else ()), *record.statements)
                found[record.id] = replace(earlier or record, statements=tuple(dict.fromkeys(names)))
    marked = [replace(record, redriven=record.id in done) for record in found.values()]
    return sorted(marked, key=lambda record: record.at)


def is_mark(message: Message) -> bool:
    """Does it say of a letter that it was written back, and is no letter itself?"""
    return message.value() is None or MARK in dict(message.headers() or ())


def parse(source: str, value: dict[str, Any], letter: bytes) -> DeadLetter:
    """A record of the dead-record topic. CdcError when it does not say where its record was."""
    record = value.get("source_record") or {}
    place = [record.get(part) for part in ("topic", "partition", "offset")]
    if None in place:
        raise CdcError(f"a dead letter of {source} does not name its record", "was it written by another program?")
    return DeadLetter(
        "/".join(map(str, place)),
        source,
        value["error_message"],
        value["error_timestamp"],
        (value.get("statement_name") or "",),
        str(place[0]),
        int(str(place[1])),
        int(str(place[2])),
        record.get("key"),
        record.get("value") or b"",
        record.get("headers") or {},
        letter,
    )


def pick(records: list[DeadLetter], identity: str) -> DeadLetter:
    """The record of an id. CdcError when there is none."""
    for record in records:
        if record.id == identity:
            return record
    raise CdcError(f"there is no dead letter {identity!r}", "./cdc dead-letters list shows their ids")


def waiting(records: list[DeadLetter]) -> Iterator[DeadLetter]:
    """Those that were not written back."""
    return (record for record in records if not record.redriven)
