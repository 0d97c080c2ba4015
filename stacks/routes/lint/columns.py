"""Which columns a route's records have, and whether personal data is among them."""

from collections import Counter
from collections.abc import Iterator

from stacks.errors import Finding, Place
from stacks.routes import unavailable
from stacks.routes.column_types import UNTELLABLE
from stacks.routes.columns import METADATA
from stacks.routes.model import Route, Routes, Source
from stacks.routes.records import selection

TEXTS = {"string", "uuid", "enum", "decimal", "timestamp", "interval", "json"}


def check(routes: Routes) -> Iterator[Finding]:
    """Every route's choice of columns."""
    sources = {source.name: source for source in reversed(routes.sources)}
    for n, source in enumerate(routes.sources):
        yield from untellable(source, ("sources", n))
    for n, route in enumerate(routes.routes):
        if source := sources.get(route.source):
            found = list(chosen(source, ("routes", n), route))
            yield from found
            if not found:
                yield from personal(source, ("routes", n), route)


def untellable(source: Source, place: Place) -> Iterator[Finding]:
    """Lists that an update may leave out of the log, and whose absence looks like a value."""
    for n, column in enumerate(source.columns):
        if source.replica_identity == "default" and column.type in UNTELLABLE:
            problem = f"updates may come without {column.name}, and a {column.type} cannot say so"
            hint = "ALTER TABLE … REPLICA IDENTITY FULL in a numbered DDL file, and replicaIdentity: full here"
            yield Finding("toast", (*place, "columns", n, "type"), problem, column.type, hint)


def chosen(source: Source, place: Place, route: Route) -> Iterator[Finding]:
    """Columns that are not there, keys that must stay, names that collide."""
    choice = route.columns
    named: list[tuple[Place, str]] = [((*place, "columns", "drop", m), name) for m, name in enumerate(choice.drop)]
    named += [((*place, "columns", "rename", name), name) for name in choice.rename]
    named += [((*place, "columns", "mask", name), name) for name in choice.mask]
    for where, name in named:
        column = source.column(name)
        if column is None and name not in METADATA:
            known = ", ".join([*(c.name for c in source.columns), *METADATA])
            yield Finding("unknown-column", where, "the source has no such column", name, f"known: {known}")
        elif column and column.key:
            hint = "records are keyed by it; it keeps events of one key in order"
            yield Finding("key-changed", where, "a key column cannot be changed", name, hint)
        elif name in choice.drop and where[-2] != "drop":
            yield Finding("chosen-twice", where, "this column is dropped already", name, "keep one of the two")
    yield from masks(source, place, route)
    names = Counter([unavailable.FIELD, *(s.name for s in selection(source, route))])
    for old, new in choice.rename.items():
        if names[new] > 1:
            where = (*place, "columns", "rename", old)
            yield Finding("renamed-onto", where, "the record has a column of this name", new, "choose another name")


def masks(source: Source, place: Place, route: Route) -> Iterator[Finding]:
    """Hashes and redactions are texts."""
    for name, mask in route.columns.mask.items():
        column = source.column(name)
        if mask != "null" and (name in METADATA or (column and column.type not in TEXTS)):
            kind = column.type if column else METADATA[name]
            where = (*place, "columns", "mask", name)
            yield Finding("mask-type", where, f"{name} is a {kind}, not a text", mask, "mask it by null, or drop it")


def personal(source: Source, place: Place, route: Route) -> Iterator[Finding]:
    """Personal data on a topic that does not say so."""
    if route.retire:
        return
    shown = {s.origin for s in selection(source, route) if not s.mask}
    exposed = [c.name for c in source.columns if c.pii and c.name in shown]
    if exposed and "pii" not in route.tags:
        hint = "drop or mask it (columns:), or tag the route: tags: [pii]"
        yield Finding("pii-untagged", place, "personal data would reach a topic without the tag pii", exposed, hint)
    if "pii" in route.tags and not exposed:
        hint = "the source declares no personal data among these columns"
        yield Finding("tag-unneeded", (*place, "tags"), "the tag pii is not needed", hint=hint)
