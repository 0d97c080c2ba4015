"""Which routes share a statement.

Routes of a source share sets of up to `routes_per_statement`; a route with a `start` or `isolation: dedicated` has a
statement of its own. A route never moves to another statement: which one it is in is remembered in the stack's outputs,
so adding, changing or removing a route touches its own statement and, where a source has several, the one that
collects what no route takes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stacks.errors import CdcError
from stacks.routes.model import Route, Routes, Source
from stacks.settings.model import ROUTES_PER_STATEMENT

ROOM = 96 * 1024  # characters of conditions and columns that a set is filled with; Flink takes 128 Ki of text


@dataclass(frozen=True, slots=True)
class Group:
    """A statement's content.

    `key`: `<source>` for the first set, `<source>.2` and so on for further ones, `<source>.<route>` for a route's own
    statement, `<source>.unrouted`. `rest`: the routes whose complement it collects, None when it collects nothing.
    `carries` is False where a changed statement starts anew a little earlier instead of continuing (see ADR 11).
    """

    key: str
    source: Source
    routes: tuple[Route, ...]
    rest: tuple[Route, ...] | None
    start: str | None
    carries: bool = True


def pack(
    routes: Routes, recorded: Mapping[str, Sequence[str]] | None = None, limit: int = ROUTES_PER_STATEMENT
) -> list[Group]:
    """Every group. `recorded`: the routes of each key in the stack's last outputs. Raises CdcError for a route that moves."""
    found: list[Group] = []
    for source in routes.sources:
        found += of_source(source, routes.of(source), recorded or {}, limit)
    return found


def of_source(
    source: Source, routes: Sequence[Route], recorded: Mapping[str, Sequence[str]], limit: int
) -> list[Group]:
    """The groups of one source. Where everything fits into one statement, that one also collects the rest, exactly."""
    own = [route for route in routes if route.own_statement]
    sets = shared(source, [route for route in routes if not route.own_statement], recorded, limit)
    if not own and len(sets) <= 1:
        inside = next(iter(sets.values()), ())
        return [Group(source.name, source, tuple(inside), tuple(routes), source.start)]
    groups = [Group(key, source, tuple(inside), None, source.start) for key, inside in sets.items()]
    for route in own:
        key = f"{source.name}.{route.name}"
        stays(route, key, recorded)
        groups.append(Group(key, source, (route,), None, route.start or source.start))
    rest = Group(f"{source.name}.unrouted", source, (), tuple(routes), source.start, carries=False)
    return [*groups, rest]


def shared(
    source: Source, routes: Sequence[Route], recorded: Mapping[str, Sequence[str]], limit: int
) -> dict[str, list[Route]]:
    """Routes by the key of their set: where they were, else in the first set that has room."""
    known = {name: key for key, names in recorded.items() if is_set(source, key) for name in names}
    sizes = {route.name: size(route) for route in routes}
    sets: dict[str, list[Route]] = {}
    for route in routes:
        if route.name in known:
            sets.setdefault(known[route.name], []).append(route)
    first = 1
    for route in routes:
        if route.name not in known:
            stays(route, "", recorded)
            while not fits([sizes[r.name] for r in sets.get(set_key(source, first), [])], sizes[route.name], limit):
                first += 1
            sets.setdefault(set_key(source, first), []).append(route)
    order = {route.name: n for n, route in enumerate(routes)}
    numbered = sorted(sets, key=lambda key: (len(key), key))
    return {key: sorted(sets[key], key=lambda route: order[route.name]) for key in numbered}


def fits(members: Sequence[int], more: int, limit: int) -> bool:
    """Has a set of routes of these sizes room for one more?"""
    return not members or (len(members) < limit and sum(members) + more <= ROOM)


def size(route: Route) -> int:
    """About how many characters a route adds to a statement: columns, and its condition twice."""
    return 500 + 2 * len(repr(route.when.model_dump(exclude_unset=True)))


def set_key(source: Source, number: int) -> str:
    """The key of a source's nth set."""
    return source.name if number == 1 else f"{source.name}.{number}"


def is_set(source: Source, key: str) -> bool:
    """Is this the key of one of the source's sets?"""
    head, _, number = key.partition(".")
    return head == source.name and (not number or number.isdigit())


def stays(route: Route, key: str, recorded: Mapping[str, Sequence[str]]) -> None:
    """A route that runs elsewhere cannot move: the two statements do not stop and start at one record."""
    for other, names in recorded.items():
        if route.name in names and other != key:
            now = "a statement of its own" if key else "the shared statement of its source"
            raise CdcError(
                f"route {route.name} runs in the statement {other} and cannot move to {now} without loss or repetition",
                "leave its start and isolation as they were (start counts once, when its statement is made), "
                "or add the route under a new name",
            )
