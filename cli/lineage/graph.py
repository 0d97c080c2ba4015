"""The pipeline as a graph, from a stack's files: it needs nothing that runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from stacks import naming
from stacks.routes.columns import METADATA
from stacks.routes.model import Route, Routes, Source
from stacks.settings.model import Settings
from stacks.statements import sets

Kind = Literal["table", "connector", "raw", "statement", "routed", "unrouted", "dead-letter", "group"]
# In the order of the data's way: a column of a picture each.
STAGES: tuple[tuple[Kind, ...], ...] = (
    ("table",),
    ("connector",),
    ("raw",),
    ("statement",),
    ("routed", "unrouted", "dead-letter"),
    ("group",),
)


@dataclass(frozen=True, slots=True)
class Node:
    """`key` is unique; `name` is what other systems call it; `note` is for people."""

    key: str
    kind: Kind
    name: str
    note: str = ""

    @property
    def stage(self) -> int:
        """Which column of a picture it is in."""
        return next(number for number, kinds in enumerate(STAGES) if self.kind in kinds)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a column's values come from: the raw record's column, and how they are hidden (empty: they are not)."""

    column: str
    mask: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """From node to node. `columns`: of the target, where the edge is a route."""

    source: str
    target: str
    note: str = ""
    columns: Mapping[str, Origin] | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order of the data's way, and edges."""

    stack: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, key: str) -> Node:
        """A node by its key."""
        return next(node for node in self.nodes if node.key == key)


def of(stack: str, settings: Settings, routes: Routes) -> Graph:
    """The graph of a stack."""
    environment = settings.environment.name
    connector = Node("connector", "connector", settings.connector.name, "PostgreSQL CDC")
    nodes, edges = [connector], list[Edge]()
    for source in routes.sources:
        nodes += [
            Node(f"table:{source.table}", "table", source.table, f"{len(source.columns)} columns"),
            Node(source.topic, "raw", source.topic, f"kept {source.retention_days} d"),
            Node(source.unrouted_topic, "unrouted", source.unrouted_topic, "what no route takes"),
            Node(source.dead_letter_topic, "dead-letter", source.dead_letter_topic, "what cannot be read"),
        ]
        edges += [Edge(f"table:{source.table}", "connector"), Edge("connector", source.topic)]
    nodes += [Node(route.topic, "routed", route.topic, route.description) for route in routes.kept]
    for group in sets.pack(routes, None, settings.flink.routes_per_statement):
        key = f"statement:{group.key}"
        nodes.append(Node(key, "statement", naming.physical(environment, group.key), f"{len(group.routes)} routes"))
        edges += [Edge(group.source.topic, key), *written(key, group)]
    for consumer in routes.consumers:
        nodes.append(Node(f"group:{consumer.group}", "group", consumer.group, consumer.name))
        edges += [Edge(route.topic, f"group:{consumer.group}") for route in routes.read_by(consumer)]
    return Graph(stack, tuple(sorted(nodes, key=lambda node: node.stage)), tuple(edges))


def written(key: str, group: sets.Group) -> Iterator[Edge]:
    """What a statement writes."""
    for route in group.routes:
        yield Edge(key, route.topic, route.name, dict(columns(group.source, route)))
    if group.rest is not None:
        everything = {column.name: Origin(column.name) for column in group.source.columns}
        yield Edge(key, group.source.unrouted_topic, "unrouted", everything)
    yield Edge(key, group.source.dead_letter_topic, "undecodable")


def columns(source: Source, route: Route) -> Iterator[tuple[str, Origin]]:
    """A routed record's columns, each with its origin; the connector's own fields come along."""
    choice = route.columns
    for name in (*(column.name for column in source.columns), *METADATA):
        if name not in choice.drop:
            yield choice.rename.get(name, name), Origin(name, choice.mask.get(name, ""))
