"""The records of a route's topic: which columns they have, and their Avro schemas."""

from stacks.routes import avro
from stacks.routes.model import Route, Source


def selection(source: Source, route: Route) -> list[avro.Selected]:
    """The columns of a route's records."""
    choice = route.columns
    return [
        avro.Selected(choice.rename.get(s.origin, s.name), s.origin, choice.mask.get(s.origin, ""))
        for s in avro.selected(source)
        if s.origin not in choice.drop
    ]


def records(source: Source, route: Route) -> tuple[avro.Record, avro.Record]:
    """Key and value of a route's topic."""
    return avro.routed(source, selection(source, route), revision=route.columns.revision)
