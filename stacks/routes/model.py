"""The business file `routes.yaml`: which events go to which topic, and who reads them."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from stacks.files.base import ColumnName, Model, Slug, TableName, TopicName
from stacks.routes.columns import Column
from stacks.routes.conditions import Condition

Partitions = Annotated[int, Field(ge=1, le=1024)]
Days = Annotated[int, Field(ge=1, le=3650)]
Operation = Literal["create", "snapshot", "update", "delete"]
Delivery = Literal["exactly_once", "low_latency"]
Mask = Literal["hash", "redact", "null"]
Compatibility = Literal[
    "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE", "NONE"
]
OP_CODES = {"create": "c", "snapshot": "r", "update": "u", "delete": "d"}


def day(text: str) -> str:
    """A date as 2026-12-31."""
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("not a date like 2026-12-31") from error
    return text


def position(text: str) -> str:
    """`earliest`, `latest` or a UTC instant."""
    if text in ("earliest", "latest"):
        return text
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", text):
            datetime.fromisoformat(text)
            return text
    except ValueError:
        pass
    raise ValueError("not earliest, latest or a UTC time like 2026-01-31T10:00:00Z")


Day = Annotated[str, AfterValidator(day)]
Start = Annotated[str, AfterValidator(position)]


class Source(Model):
    """A captured table and its topics.

    `start` says where its statements begin when there is nothing to continue from (default: the earliest record).
    `compatibility` is what the schemas of its topics promise to each other over time.
    """

    name: Slug
    table: TableName
    topic: TopicName
    unrouted_topic: TopicName
    dead_letter_topic: TopicName
    columns: Annotated[list[Column], Field(min_length=1)]
    partitions: Partitions = 6
    retention_days: Days = 7
    replica_identity: Literal["full", "default"] = "full"
    compatibility: Compatibility = "BACKWARD"
    start: Start | None = None

    @property
    def connect_name(self) -> str:
        """`schema.table` in the connector's names of topics and schemas: other characters than theirs become `_`."""
        return re.sub(r"[^A-Za-z0-9_.]", "_", self.table)

    def column(self, name: str) -> Column | None:
        """A column by name."""
        return next((c for c in self.columns if c.name == name), None)


class Choice(Model):
    """What a route's records leave out, call otherwise, or hide.

    A record that goes back to an earlier form needs a higher `revision`: the registry would take the earlier version for
    the old one it is, and Flink would see the latest.
    """

    drop: list[ColumnName] = Field(default=[])
    rename: dict[ColumnName, ColumnName] = Field(default={})
    mask: dict[ColumnName, Mask] = Field(default={})
    revision: Annotated[int, Field(ge=1)] = 1


class Example(Model):
    """An event, and whether the route takes it: `cdc routes check` holds the route to it.

    Columns that are not given are NULL; `__op` is `c` unless it is given. A JSON column may be written as YAML.
    """

    event: dict[str, Any]
    taken: bool


class Route(Model):
    """Rows of a source that are copied to a topic of their own.

    A route with `isolation: dedicated`, or with a `start` of its own, runs in a statement of its own.
    """

    name: Slug
    description: Annotated[str, Field(max_length=500)] = ""
    owner: Annotated[str, Field(min_length=1, max_length=100)] = "platform"
    source: Slug
    topic: TopicName
    when: Condition
    on: Annotated[list[Operation], Field(min_length=1)] = Field(default=["create", "snapshot"])
    columns: Choice = Choice()
    tags: list[Literal["pii"]] = Field(default=[])
    partitions: Partitions = 6
    retention_days: Days = 7
    isolation: Literal["shared", "dedicated"] = "shared"
    delivery: Delivery = "exactly_once"
    start: Start | None = None
    status: Literal["active", "deprecated", "disabled"] = "active"
    until: Day | None = None
    retire: bool = False
    examples: list[Example] = Field(default=[])

    @model_validator(mode="after")
    def dated(self) -> "Route":
        if (self.status == "deprecated") != (self.until is not None):
            raise ValueError("status deprecated and until go together: until says when the route must be gone")
        return self

    @property
    def taking(self) -> bool:
        """Does the route take events?"""
        return self.status != "disabled" and not self.retire

    @property
    def own_statement(self) -> bool:
        """Does it run apart from the other routes of its source?"""
        return self.isolation == "dedicated" or self.start is not None


class Consumer(Model):
    """A team's program: the routes it reads, and its consumer group.

    `exactly_once` reads committed records only (on Confluent about a minute late); `low_latency` reads them at once and
    may see some that are taken back. Without its own, its routes' delivery holds; exactly_once when they differ.
    `dead_letter`: it has a topic of its own for records that it could not work with, and may write it.
    """

    name: Slug
    group: TopicName
    routes: Annotated[list[Slug], Field(min_length=1)]
    delivery: Delivery | None = None
    dead_letter: bool = False

    @property
    def dead_letter_topic(self) -> str:
        """Its topic for records that it could not work with; empty when it asks for none."""
        return f"dead-letter-{self.name}" if self.dead_letter else ""


class Routes(Model):
    """The whole file."""

    version: Literal[1]
    topic_prefix: TopicName
    sources: Annotated[list[Source], Field(min_length=1)]
    routes: list[Route]
    consumers: list[Consumer]

    def of(self, source: Source) -> list[Route]:
        """The routes that take events of a source, in the file's order."""
        return [route for route in self.routes if route.source == source.name and route.taking]

    @property
    def kept(self) -> list[Route]:
        """The routes that are served: all but the retired ones, of which the topic alone is left."""
        return [route for route in self.routes if not route.retire]

    def route(self, name: str) -> Route:
        """A route by name."""
        return next(route for route in self.routes if route.name == name)

    def source(self, name: str) -> Source:
        """A source by name."""
        return next(source for source in self.sources if source.name == name)

    def read_by(self, consumer: Consumer) -> list[Route]:
        """The routes whose topics a consumer reads."""
        return [route for name in consumer.routes if not (route := self.route(name)).retire]

    def delivery(self, consumer: Consumer) -> Delivery:
        """How a consumer reads."""
        if consumer.delivery:
            return consumer.delivery
        wanted = {route.delivery for route in self.read_by(consumer)}
        return "low_latency" if wanted == {"low_latency"} else "exactly_once"
