"""The records of routed and unrouted topics: which columns they have, and their Avro schemas."""

from typing import get_args

from stacks.routes import avro, unavailable
from stacks.routes.model import Operation, Route, Source

REASON = {"name": "reason", "type": "string", "doc": "Why no route took the row."}


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
