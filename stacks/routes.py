"""The business file `routes.yaml`: which events go to which topic, and who reads them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from stacks import avro
from stacks.documents import Place, dotted, faults_of, read
from stacks.errors import Fault
from stacks.models import Model, Slug, TableName, TopicName
from stacks.predicates import Condition, Value, tests

Partitions = Annotated[int, Field(ge=1, le=1024)]
Days = Annotated[int, Field(ge=1, le=3650)]
Operation = Literal["create", "snapshot", "update", "delete"]
OP_CODES = {"create": "c", "snapshot": "r", "update": "u", "delete": "d"}
TYPES: dict[str, type] = {"string": str, "long": int, "int": int, "boolean": bool}


class Source(Model):
    """A captured table and its raw topic. Its record schemas are schemas/avro/<name>-key.avsc and -value.avsc."""

    name: Slug
    table: TableName
    topic: TopicName
    unrouted_topic: TopicName
    partitions: Partitions = 6
    retention_days: Days = 7


class Route(Model):
    """Rows of a source that are copied to a topic of their own."""

    name: Slug
    description: Annotated[str, Field(max_length=500)] = ""
    owner: Annotated[str, Field(min_length=1, max_length=100)] = "platform"
    source: Slug
    topic: TopicName
    when: Condition
    on: Annotated[list[Operation], Field(min_length=1)] = Field(default=["create", "snapshot"])
    partitions: Partitions = 6
    retention_days: Days = 7


class Consumer(Model):
    """A team's program: the routes it reads, and its consumer group.

    `exactly_once` reads committed records only (on Confluent about a minute late); `low_latency` reads them at once and
    may see some that are taken back.
    """

    name: Slug
    group: TopicName
    routes: Annotated[list[Slug], Field(min_length=1)]
    delivery: Literal["exactly_once", "low_latency"] = "exactly_once"


class Routes(Model):
    """The whole file."""

    version: Literal[1]
    topic_prefix: TopicName
    sources: Annotated[list[Source], Field(min_length=1)]
    routes: list[Route]
    consumers: list[Consumer]

    def of(self, source: Source) -> list[Route]:
        """The routes that read a source, in the file's order."""
        return [route for route in self.routes if route.source == source.name]

    def route(self, name: str) -> Route:
        """A route by name."""
        return next(route for route in self.routes if route.name == name)


def load(path: Path) -> tuple[Routes | None, list[Fault]]:
    """The file, or everything that is wrong with it."""
    document = read(path)
    try:
        routes = Routes.model_validate(document.data or {})
    except ValidationError as error:
        return None, faults_of(error, document)
    faults = [
        Fault(document.where(place), dotted(place), problem, got, hint)
        for place, problem, got, hint in problems(routes)
    ]
    return routes, faults


Problem = tuple[Place, str, object, str]


def problems(routes: Routes) -> Iterator[Problem]:
    """What models cannot see: place, problem, got, hint."""
    yield from doubles(routes)
    sources = {source.name: source for source in routes.sources}
    names = {route.name for route in routes.routes}
    for number, route in enumerate(routes.routes):
        place: Place = ("routes", number)
        if route.source not in sources:
            yield (*place, "source"), "no such source", route.source, f"known: {', '.join(sorted(sources))}"
        else:
            yield from field_problems(place, route)
        if not route.topic.startswith(routes.topic_prefix):
            hint = "statements may write topics of this prefix only"
            yield (*place, "topic"), f"must start with {routes.topic_prefix}", route.topic, hint
    for number, consumer in enumerate(routes.consumers):
        for position, name in enumerate(consumer.routes):
            if name not in names:
                hint = f"known: {', '.join(sorted(names))}"
                yield ("consumers", number, "routes", position), "no such route", name, hint


def doubles(routes: Routes) -> Iterator[Problem]:
    """Names, topics and groups that stand twice."""
    for section in ("sources", "routes", "consumers"):
        seen: set[str] = set()
        for number, item in enumerate(getattr(routes, section)):
            if item.name in seen:
                yield (
                    (section, number, "name"),
                    "this name is taken",
                    item.name,
                    "names are identities: choose another",
                )
            seen.add(item.name)
    topics: set[str] = set()
    named: list[tuple[Place, str]] = []
    for number, source in enumerate(routes.sources):
        named += [
            (("sources", number, "topic"), source.topic),
            (("sources", number, "unroutedTopic"), source.unrouted_topic),
        ]
    named += [(("routes", number, "topic"), route.topic) for number, route in enumerate(routes.routes)]
    for place, topic in named:
        if topic in topics:
            yield place, "this topic is written twice", topic, "every route has a topic of its own"
        topics.add(topic)


def field_problems(place: Place, route: Route) -> Iterator[Problem]:
    """Fields that the source's record does not have, and values of another type than the field."""
    fields = avro.raw(route.source)[1].fields
    for number, test in enumerate(tests(route.when)):
        where = (*place, "when") if number == 0 else (*place, "when", number)
        if test.field not in fields:
            yield (*where, "field"), "the record has no such field", test.field, f"known: {', '.join(fields)}"
            continue
        wanted = TYPES.get(fields[test.field], str)
        for value in test.values:
            if not same_type(value, wanted):
                yield (
                    where,
                    f"field {test.field} is a {fields[test.field]}",
                    value,
                    "write a value of that type",
                )


def same_type(value: Value, wanted: type) -> bool:
    """Is the value of the field's type? (In Python a bool is an int, in SQL it is not.)"""
    return isinstance(value, wanted) and isinstance(value, bool) == (wanted is bool)
