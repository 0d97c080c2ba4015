"""Events of every type that schemas/events knows: our five with stories of their own, others by their schema."""

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from events_api import validation

from cli.traffic.by_schema import Maker
from cli.traffic.events import TYPES, Event, Factory, instant
from stacks.errors import CdcError

TRIES = 50


def types() -> list[str]:
    """Event types: ours first."""
    return [*TYPES, *sorted(validation.event_types() - set(TYPES))]


class Domain:
    """Seeded: the same seed makes the same events."""

    def __init__(self, seed: int) -> None:
        self.factory, self.random = Factory(seed), random.Random(seed)  # noqa: S311 - sample data
        self.maker = Maker({one["$id"]: one for one in validation.documents().values()}, self.random)

    def mixed(self, count: int, chosen: Sequence[str] = ()) -> Iterator[Event]:
        """`count` events, the types in turn (none: ours). CdcError for a type that no schema knows."""
        if unknown := [kind for kind in chosen if kind not in types()]:
            raise CdcError(f"unknown event type {', '.join(unknown)}", f"known: {', '.join(types())}")
        wanted = chosen or TYPES
        for number in range(count):
            yield self.make(wanted[number % len(wanted)])

    def make(self, kind: str) -> Event:
        """One event, valid by schemas/events."""
        return self.factory.make(kind) if kind in TYPES else self.by_schema(kind)

    def by_schema(self, kind: str) -> Event:
        """An event whose entity is made from its schema. CdcError when no try is valid."""
        entity_type, schema = next(
            (entity, one) for entity, one in validation.by_entity_type().items() if kind in one.get("x-eventTypes", [])
        )
        identity = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        now = instant(datetime.now(UTC))
        header = {"uuid": identity, "eventName": spaced(kind), "eventType": kind, "createdDate": now, "savedDate": now}
        found: list[validation.Problem] = []
        for _ in range(TRIES):
            entity = self.entity(entity_type, schema, now)
            body = {"eventHeader": header, "entities": [entity]}
            if not (found := validation.problems(body, "entities")):
                return Event(identity, kind, body)
        told = "; ".join(f"{one['path']}: {one['problem']}" for one in found)
        raise CdcError(
            f"no {kind} could be made from the schema of {entity_type}: {told}", "give the property `examples`"
        )

    def entity(self, entity_type: str, schema: dict[str, Any], now: str) -> dict[str, Any]:
        """One of a type; its id in both places."""
        made = self.maker.make(schema)
        identity = f"{entity_type.lower()}-{self.random.getrandbits(48):012x}"
        header = {"entityId": identity, "entityType": entity_type, "createdAt": now, "updatedAt": now}
        own = {"id": identity} if "id" in schema.get("properties", {}) else {}
        return {**made, "entityHeader": {**made.get("entityHeader", {}), **header}, **own}


def spaced(kind: str) -> str:
    """`OrderPlaced` → `Order Placed`."""
    return "".join(f" {one}" if one.isupper() and number else one for number, one in enumerate(kind))
