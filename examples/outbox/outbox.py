"""A transactional outbox: an event is in the application's own transaction, so it is sent exactly when the change it tells of is kept.

One module without dependencies, to be copied: it takes psycopg's connections and cursors and SQLAlchemy's connections and
sessions, writes what the events API writes (docs/events-api.md), and leaves the transaction to the application:

    with psycopg.connect(dsn) as connection:
        connection.execute("UPDATE orders SET status = 'placed' WHERE id = %s", (order,))
        outbox.add(connection, outbox.event("OrderPlaced", outbox.entity("Order", order, total=12.5)))

The database's user needs INSERT on business_events and event_headers, INSERT and UPDATE on tables of entities.
"""

import inspect
import json
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

EVENT = """
WITH event AS (
    INSERT INTO business_events VALUES (
        {id}, {name}, {type}, CAST({created} AS timestamptz), CAST({saved} AS timestamptz), CAST({event} AS jsonb))
)
INSERT INTO event_headers VALUES (
    {id}, {name}, {type}, CAST({created} AS timestamptz), CAST({saved} AS timestamptz), CAST({header} AS jsonb))
"""
# What an older event says must not undo what a newer one said.
ENTITY = """
INSERT INTO TABLE_OF_KIND AS known VALUES (
    {entity}, {kind}, CAST({created} AS timestamptz), CAST({updated} AS timestamptz), CAST({data} AS jsonb), {event})
ON CONFLICT (entity_id) DO UPDATE SET
    updated_at = excluded.updated_at, entity_data = excluded.entity_data, event_id = excluded.event_id
WHERE known.updated_at IS NULL OR excluded.updated_at IS NULL OR known.updated_at <= excluded.updated_at
"""


def now() -> str:
    """RFC 3339 in UTC, to the millisecond: as conditions compare times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entity(kind: str, identity: str, **values: Any) -> dict[str, Any]:
    """An entity as it is after the change. `kind`: such as `Order`; `values`: JSON."""
    about = {"entityId": identity, "entityType": kind, "createdAt": now(), "updatedAt": now()}
    return {"entityHeader": about, "id": identity, **values}


def event(kind: str, *entities: Mapping[str, Any], **header: Any) -> dict[str, Any]:
    """An event about some entities (at least one). `kind`: such as `OrderPlaced`. `header`: further fields, which conditions may use.

    The id is new unless `header` gives a `uuid`: give one that follows from the change where the change may be tried twice.
    """
    if not entities:
        raise ValueError("an event is about at least one entity")
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", kind)
    own = {"uuid": str(uuid.uuid4()), "eventName": name, "eventType": kind, "createdDate": now(), "savedDate": now()}
    return {"eventHeader": {**own, **header}, "entities": [dict(one) for one in entities]}


def add(connection: Any, event: Mapping[str, Any], tables: tuple[str, ...] = ()) -> str:
    """Write an event into the open transaction; its id. `connection`: of psycopg or SQLAlchemy, or a session or cursor of theirs.

    `tables`: of entities, such as `order_entities`, where the database has them; entities of other kinds are in the event alone.
    Errors are the driver's own: a second event of the same id is a violation of a unique key, and ends the transaction.
    """
    header = event["eventHeader"]
    about = {"id": header["uuid"], "name": header["eventName"], "type": header.get("eventType")}
    times = {"created": header.get("createdDate"), "saved": header.get("savedDate")}
    run(connection, EVENT, {**about, **times, "event": json.dumps(event), "header": json.dumps(header)})
    # In one order, so that two transactions about the same entities never wait for each other.
    for one in sorted(
        event["entities"], key=lambda each: (each["entityHeader"]["entityType"], each["entityHeader"]["entityId"])
    ):
        own = one["entityHeader"]
        table = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", own["entityType"]).lower() + "_entities"
        if table in tables:
            values = {
                "entity": own["entityId"],
                "kind": own["entityType"],
                "data": json.dumps(one),
                "event": header["uuid"],
            }
            stamps = {"created": own.get("createdAt"), "updated": own.get("updatedAt")}
            run(connection, ENTITY.replace("TABLE_OF_KIND", f'"{table}"'), {**values, **stamps})
    return str(header["uuid"])


def run(connection: Any, statement: str, values: Mapping[str, Any]) -> None:
    """With named parameters, in the driver's own form. TypeError for an asynchronous one: nothing would be written."""
    if inspect.iscoroutinefunction(connection.execute):
        raise TypeError("the outbox takes synchronous connections: in asyncio, run it in the session's run_sync")
    if any(one.__module__.startswith("sqlalchemy.") for one in type(connection).__mro__):
        from sqlalchemy import text

        connection.execute(text(statement.format(**{name: f":{name}" for name in values})), values)
    else:
        connection.execute(statement.format(**{name: f"%({name})s" for name in values}), values)
