"""What the stack remembers of its last update: its own outputs.

`routing` says of each statement key which statement serves it, where that one began, and which routes it has; `contract`
says who reads what. Without them a changed statement could not continue where the one before it stopped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi.runtime
from tenacity import retry, retry_if_exception_message, stop_after_attempt, wait_fixed

from stacks.errors import CdcError
from stacks.routes.model import Routes
from stacks.settings.model import Settings

READ = "pulumi:pulumi:readStackOutputs"  # the engine's own look-up of a stack's last outputs


@dataclass(frozen=True, slots=True)
class Served:
    """What was exported of one statement. `start`: milliseconds since 1970, empty for the earliest record."""

    statement: str
    carried_from: str = ""
    start: str = ""
    routes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviousOutputs:
    """Outputs of the last update; empty before the first one."""

    routing: Mapping[str, Served] = field(default_factory=dict[str, Served])
    readers: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    topics: Mapping[str, str] = field(default_factory=dict[str, str])
    generations: Sequence[str] = ()  # of API keys
    assumed: bool = False  # in a plan: statements are taken to run as recorded, nobody is asked

    @property
    def assignment(self) -> dict[str, tuple[str, ...]]:
        """The routes of each statement key."""
        return {key: served.routes for key, served in self.routing.items()}

    @property
    def first(self) -> bool:
        """Has no update come to its end yet (or was everything destroyed)?"""
        return not self.routing

    def knows(self, source: str) -> bool:
        """Was there a statement of this source before?"""
        return any(key.partition(".")[0] == source for key in self.routing)


def load() -> PreviousOutputs:
    """The stack's own last outputs."""
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    return parse((asked(name) or {}).get("outputs") or {})


@retry(
    # The engine may be writing that very file: a file backend then finds it empty for a moment.
    retry=retry_if_exception_message(match=r"(?s).*failed to load checkpoint.*"),
    stop=stop_after_attempt(20),
    wait=wait_fixed(0.25),
    reraise=True,
)
def asked(name: str) -> Any:
    """The engine's answer."""
    return pulumi.runtime.invoke(READ, {"name": name}).value


def parse(outputs: Mapping[str, Any]) -> PreviousOutputs:
    """Outputs as they were exported (see pipeline/outputs.py). A destroy leaves marks of unknown values in their places."""
    contract = known(outputs.get("contract"))
    routing = {
        key: Served(
            entry["statement"], entry.get("carriedFrom", ""), entry.get("start", ""), tuple(entry.get("routes", ()))
        )
        for key, entry in known(outputs.get("routing")).items()
        if isinstance(entry, Mapping)
    }
    readers: dict[str, list[str]] = {}
    for consumer in contract.get("consumers", ()):
        for topic in consumer["topics"]:
            readers.setdefault(topic, []).append(consumer["name"])
    topics = {route["name"]: route["topic"] for route in contract.get("routes", ())}
    made = outputs.get("keyGenerations")
    generations = tuple(str(one) for one in made) if isinstance(made, list) else ()
    return PreviousOutputs(routing, readers, topics, generations, outputs.get("assumed") is True)


def known(value: Any) -> Mapping[str, Any]:
    """An exported object; nothing where it is unknown."""
    return value if isinstance(value, Mapping) else {}


def protect_readers(routes: Routes, previous: PreviousOutputs) -> None:
    """Raises CdcError when a topic that consumers had would go without `retire: true`."""
    topics = {route.topic for route in routes.routes}
    gone = [
        f"route {name} (topic {topic}) was read by {', '.join(previous.readers[topic])}"
        for name, topic in previous.topics.items()
        if topic not in topics and previous.readers.get(topic)
    ]
    if gone:
        raise CdcError(
            "a topic with consumers would be deleted:\n  " + "\n  ".join(gone),
            "keep the route with retire: true for one update, when its consumers have moved; then remove it",
        )


def protect_keys(settings: Settings, previous: PreviousOutputs) -> None:
    """Raises CdcError when a private stack would use an API key in the update that makes it.

    Kafka knows a new key after some minutes. Elsewhere the provider waits for that; into a private network it does not see.
    """
    wanted = settings.keys.active
    if settings.private and previous.generations and wanted not in previous.generations:
        kept = ", ".join(f'"{one}"' for one in dict.fromkeys([*previous.generations, wanted]))
        raise CdcError(
            f"key generation {wanted} would be used in the update that makes it, before Kafka knows it",
            f'make it first, beside the active one: keys: {{active: "{previous.generations[-1]}", kept: [{kept}]}}, pulumi up; '
            f'after five minutes make "{wanted}" the active one',
        )
