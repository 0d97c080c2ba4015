"""The events of a scenario: types by weight, bodies of a size, keys as they lie."""

import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from cli.load.scenario import Scenario
from cli.traffic.domain import Domain
from cli.traffic.events import Event
from cli.traffic.sizes import padded

POOL = 50  # events of each type whose contents are used again, each time with ids of their own


class Mixture:
    """Endless; contents are seeded, ids are new. Making an event whole costs more than sending it: contents come from a pool."""

    def __init__(self, scenario: Scenario, hot: Callable[[str], bool]) -> None:
        self.scenario, self.hot = scenario, hot
        self.random = random.Random(scenario.seed)  # noqa: S311 - sample data
        made = Domain(scenario.seed)
        self.pool = {kind: [made.make(kind) for _ in range(POOL)] for kind in scenario.types}
        for event in (one for some in self.pool.values() for one in some):
            padded(event.body, scenario.bytes, self.random)

    def events(self) -> Iterator[Event]:
        """One after the other."""
        kinds, weights = list(self.scenario.types), list(self.scenario.types.values())
        while True:
            yield self.one(self.random.choices(kinds, weights)[0])

    def one(self, kind: str) -> Event:
        """An event of a type."""
        return stamped(self.random.choice(self.pool[kind]), self.identity(), str(uuid.uuid4()))

    def identity(self) -> str:
        """An event's id, new in every run; with the chance `hot` one whose key lies in the hot partition."""
        found = str(uuid.uuid4())
        if self.random.random() < self.scenario.hot:
            while not self.hot(found):
                found = str(uuid.uuid4())
        return found


def stamped(event: Event, identity: str, entity: str) -> Event:
    """The same contents with other ids."""
    body: dict[str, Any] = event.body
    first = body["entities"][0]
    own = {**first, "id": entity, "entityHeader": {**first["entityHeader"], "entityId": entity}}
    return Event(identity, event.type, {"eventHeader": {**body["eventHeader"], "uuid": identity}, "entities": [own]})
