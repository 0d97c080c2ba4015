"""How a canary's row gets into its table: as an event through the events API, or as a row of the table."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from events_api.validation import validator
from psycopg import sql
from psycopg.types.json import Jsonb

from cli.canary import witness
from cli.client.stack import Stack, local_dsn
from cli.traffic import domain, schemas
from cli.traffic.domain import Domain
from cli.traffic.events import Event
from cli.traffic.sender import sender
from stacks.errors import CdcError
from stacks.routes import matching, written
from stacks.routes.model import Route, Source

EVENTS_TABLE = "public.event_headers"  # of the domain that schemas/events describes
Insert = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Canary:
    """One marked event for one route: `insert` returns when it is committed."""

    route: Route
    source: Source
    id: str
    insert: Insert


def prepared(stack: Stack, source: Source, route: Route, database: str | None) -> Canary:
    """A canary, ready to go. CdcError when there is no way for it, which says what would help."""
    row = witness.event(source, route)
    identity = row[witness.key_column(source).name]
    if source.table == EVENTS_TABLE and stack.contract.events_api is not None and database is None:
        schemas.check()
        made = business_event(source, route, row, identity)
        return Canary(route, source, identity, lambda: _sent(stack, made))
    if database is None and not stack.local:
        raise CdcError(
            f"source {source.name} has no events API: its canary needs the database",
            "--database postgresql://writer@host:5432/name, as a role that may insert into the table",
        )
    address = database or local_dsn(stack, "postgres")
    return Canary(route, source, identity, lambda: insert(address, source, row))


def _sent(stack: Stack, event: Event) -> None:
    sender(stack, 1).send([event], 0)


def business_event(source: Source, route: Route, row: witness.Event, identity: str) -> Event:
    """An event of the domain whose header is that row. CdcError when the API would not take it, or the route not the event."""
    kind = str(row.get("event_type"))
    if kind not in domain.types():
        raise CdcError(
            f"route {route.name} takes events of type {kind}, of which schemas/events knows no entity",
            "name it in the x-eventTypes of an entity's schema, or give its canary the database: --database postgresql://…",
        )
    made = Domain(0).make(kind)
    document = row.get("header_data")
    header = made.body["eventHeader"] | (document if isinstance(document, dict) else {}) | {"uuid": identity}
    if row.get("event_name"):
        header |= {"eventName": row["event_name"]}
    entity = made.body["entities"][0]
    # Always the same entity: canaries leave no trace but their events.
    own = {"entityHeader": entity["entityHeader"] | {"entityId": f"cdc-canary-{kind}"}, "id": f"cdc-canary-{kind}"}
    body = {"eventHeader": header, "entities": [entity | own]}
    validator().validate(body)
    sent = {
        "id": identity, "event_name": header["eventName"], "event_type": header["eventType"],
        "created_date": header["createdDate"], "saved_date": header["savedDate"], "header_data": header,
    }  # fmt: skip
    if not matching.taker(source, route)(written.row_of(source, sent)):
        raise CdcError(
            f"no event of the events API is known that route {route.name} takes",
            f"add an example with `taken: true` to route {route.name}, or give its canary the database: --database …",
        )
    return Event(identity, kind, body)


def insert(address: str, source: Source, row: witness.Event) -> None:
    """A row of the table, committed. CdcError when the database refuses it."""
    columns = [column for column in source.columns if row.get(column.name) is not None]
    names = sql.SQL(", ").join(sql.Identifier(column.in_table) for column in columns)
    places = sql.SQL(", ").join(sql.Placeholder() for _ in columns)
    table = sql.Identifier(*source.table.split("."))
    values = [Jsonb(row[c.name]) if c.type == "json" else row[c.name] for c in columns]
    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            connection.execute(sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(table, names, places), values)
    except psycopg.Error as error:
        raise CdcError(
            f"{source.table} takes no canary: {str(error).strip().splitlines()[0]}",
            "an example with `taken: true` in routes.yaml says what a whole row is",
        ) from error
