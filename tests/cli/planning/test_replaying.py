"""A replay is a route that the program would take, and routes.yaml without it is as it was."""

from pathlib import Path
from typing import Any

import pytest

from cli.planning import replaying, routes_file, routes_text
from cli.planning.replaying import Span
from stacks.errors import CdcError
from stacks.routes import matching, written
from tests.support.business import business
from tests.support.paths import ROOT

TEXT = (ROOT / "routes.yaml").read_text()
SPAN = Span.of("2026-01-31T10:00:00Z", "2026-01-31T13:00:00+02:00")


def test_times_have_zones() -> None:
    assert SPAN.end - SPAN.begin == 3_600_000
    assert replaying.instant(SPAN.begin) == "2026-01-31T10:00:00.000Z"


@pytest.mark.parametrize(
    ("begin", "end", "said"),
    [
        ("yesterday", "2026-01-31T11:00:00Z", "--from 'yesterday' is no time with a zone"),
        ("2026-01-31T10:00:00", "2026-01-31T11:00:00Z", "--from '2026-01-31T10:00:00' is no time with a zone"),
        ("2026-01-31T10:00:00Z", "", "--to '' is no time with a zone"),
        ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z", "is not after"),
        ("2026-01-31T10:00:00Z", "2026-01-31T11:30:00+02:00", "is not after"),
    ],
)
def test_spans_that_are_none(begin: str, end: str, said: str) -> None:
    with pytest.raises(CdcError, match=said.replace("(", r"\(")):
        Span.of(begin, end)


def made(route: str = "car-created", topic: str | None = None) -> tuple[str, dict[str, Any]]:
    """The file with a replay of a route, and the route."""
    routes = business()
    new, consumer = replaying.replay(routes, replaying.route_named(routes, route), SPAN, topic)
    replaying.checked(routes, new, consumer)
    return routes_text.added(
        TEXT, [("routes", replaying.block(new, "Replay of it")), ("consumers", replaying.block(consumer))]
    ), new


@pytest.mark.parametrize("route", [route.name for route in business().routes])
def test_added_and_removed(route: str, tmp_path: Path) -> None:
    text, new = made(route)
    (tmp_path / "routes.yaml").write_text(text)
    found = routes_file.linted(tmp_path / "routes.yaml")
    assert found.errors == []
    assert found.routes is not None
    assert found.routes.route(new["name"]).start == "2026-01-31T10:00:00.000Z"
    assert [consumer.name for consumer in found.routes.consumers][-1] == f"{route}-replay-consumer"
    retired, gone = replaying.ended(text, route)
    assert not gone
    (tmp_path / "routes.yaml").write_text(retired)
    found = routes_file.linted(tmp_path / "routes.yaml")
    assert found.errors == []
    assert found.routes is not None
    assert found.routes.route(new["name"]).retire
    assert len(found.routes.consumers) == len(business().consumers)
    assert replaying.ended(retired, route) == (TEXT, True)


def test_no_line_of_the_file_changes() -> None:
    text, _ = made()
    left = text.splitlines()
    for line in TEXT.splitlines():
        assert line in left
        left.remove(line)


def test_the_span_is_of_commits(tmp_path: Path) -> None:
    _, new = made()
    routes = business()
    route = replaying.checked(routes, new, {"name": "a", "group": "b", "routes": ["c"]})
    takes = matching.taker(routes.sources[0], route)

    def taken(at: int, kind: str = "CarCreated") -> bool:
        return takes(written.row_of(routes.sources[0], {"event_type": kind, "__source_ts_ms": at}))

    assert [taken(at) for at in (SPAN.begin - 1, SPAN.begin, SPAN.end - 1, SPAN.end)] == [False, True, True, False]
    assert not taken(SPAN.begin, "LoanCreated")


def test_what_is_refused(tmp_path: Path) -> None:
    routes = business()
    with pytest.raises(CdcError, match="there is no active route nothing"):
        replaying.route_named(routes, "nothing")
    with pytest.raises(CdcError, match="does not begin with filtered-"):
        made(topic="elsewhere")
    with pytest.raises(CdcError, match="has no replay of car-created"):
        replaying.ended(TEXT, "car-created")
    text, _ = made()
    (tmp_path / "routes.yaml").write_text(text)
    again = routes_file.linted(tmp_path / "routes.yaml").routes
    assert again is not None
    with pytest.raises(CdcError, match="has a route car-created-replay already"):
        replaying.replay(again, again.route("car-created"), SPAN, None)


@pytest.mark.parametrize(
    "text", ["routes: []\nconsumers:\n  - {name: a}\n", "version: 1\n", "routes: {a: 1}\nconsumers: []\n"]
)
def test_files_that_are_written_otherwise(text: str) -> None:
    with pytest.raises(CdcError) as refused:
        routes_text.added(text, [("routes", "x"), ("consumers", "y")])
    assert refused.value.hint == "change it by hand"
