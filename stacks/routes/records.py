"""The records of routed and unrouted topics: which columns they have, and their Avro schemas."""

from typing import get_args

from stacks.routes import avro, unavailable
from stacks.routes.model import Operation, Route, Source

REASON = {"name": "reason", "type": "string", "doc": "Why no route took the row."}


LETTERS = "cdc.consumer"  # the namespace of what consumers could not work with
LETTER = [
    {"name": "topic", "type": "string"},
    {"name": "partition", "type": "int"},
    {"name": "offset", "type": "long"},
    {"name": "timestamp", "type": "long", "doc": "Of the record, in milliseconds since 1970."},
    {"name": "key", "type": ["null", "bytes"], "default": None},
    {"name": "value", "type": ["null", "bytes"], "default": None, "doc": "As it was read, schema id and all."},
    {"name": "error", "type": "string"},
    {"name": "attempts", "type": "int"},
    {"name": "failed_at", "type": "long", "doc": "In milliseconds since 1970."},
]


def consumer_letters() -> tuple[avro.Record, avro.Record]:
    """Key (`topic/partition/offset`) and value of a consumer's dead-letter topic."""
    key = [{"name": "id", "type": "string"}]
    parts = (("Key", key), ("DeadLetter", LETTER))
    made = [avro.record({"type": "record", "name": n, "namespace": LETTERS, "fields": f}) for n, f in parts]
    return made[0], made[1]


def selection(source: Source, route: Route) -> list[avro.Selected]:
    """The columns of a route's records."""
    choice = route.columns
    chosen = [
        avro.Selected(choice.rename.get(s.origin, s.name), s.origin, choice.mask.get(s.origin, ""))
        for s in avro.selected(source)
        if s.origin not in choice.drop
    ]
    return unavailable.marked(source, chosen, route.on)


def everything(source: Source) -> list[avro.Selected]:
    """The columns of what no route takes: all, of any operation."""
    return unavailable.marked(source, avro.selected(source), get_args(Operation))


def records(source: Source, route: Route) -> tuple[avro.Record, avro.Record]:
    """Key and value of a route's topic."""
    chosen = selection(source, route)
    return avro.routed(source, chosen, unavailable.fields(chosen), route.columns.revision)


def unrouted(source: Source) -> tuple[avro.Record, avro.Record]:
    """Key and value of a source's unrouted topic."""
    chosen = everything(source)
    return avro.routed(source, chosen, [*unavailable.fields(chosen), REASON])
