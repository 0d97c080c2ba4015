"""A running stack as OpenLineage job events: https://openlineage.io/spec/2-0-2/OpenLineage.json and its facets.

Static lineage (JobEvent): the connector and the statements run for ever, so there is no run to tell of.
Datasets are named as OpenLineage's naming says: `postgres://host:port`, `database.schema.table`; `kafka://host:port`, the topic.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cli.lineage.graph import Edge, Graph, Origin
from stacks.contract import ContractV1
from stacks.routes.columns import METADATA
from stacks.routes.conditions import comparisons
from stacks.routes.model import Routes

SPEC = "https://openlineage.io/spec"
EVENT = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/JobEvent"
SCHEMA = f"{SPEC}/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"
COLUMNS = f"{SPEC}/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"
JOB_TYPE = f"{SPEC}/facets/2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet"
PRODUCER = "urn:cdc-streaming"
Facet = dict[str, Any]


def facet(schema: str, **content: Any) -> Facet:
    """A facet with who made it, and by what schema."""
    return {"_producer": PRODUCER, "_schemaURL": schema, **content}


@dataclass(frozen=True, slots=True)
class Stack:
    """A graph, the files it is made of, and the addresses of the running stack."""

    graph: Graph
    routes: Routes
    contract: ContractV1

    @property
    def kafka(self) -> str:
        """The cluster's namespace: its first bootstrap server."""
        return f"kafka://{self.contract.kafka.bootstrap_servers.partition(',')[0]}"

    def dataset(self, key: str) -> dict[str, str]:
        """A table or a topic."""
        node, database = self.graph.node(key), self.contract.database
        if node.kind == "table":
            return {
                "namespace": f"postgres://{database.host}:{database.port}",
                "name": f"{database.database}.{node.name}",
            }
        return {"namespace": self.kafka, "name": node.name}

    def types(self, raw_topic: str) -> dict[str, str]:
        """Columns of a raw topic's records, with their types in routes.yaml."""
        source = next(source for source in self.routes.sources if source.topic == raw_topic)
        return {column.name: column.type for column in source.columns} | dict(METADATA)


def events(stack: Stack, now: datetime | None = None) -> Iterator[dict[str, Any]]:
    """One event for the connector, and one per statement."""
    time = (now or datetime.now(UTC)).isoformat()
    for node in stack.graph.nodes:
        if node.kind in ("connector", "statement"):
            inputs = [edge.source for edge in stack.graph.edges if edge.target == node.key]
            outputs = [edge for edge in stack.graph.edges if edge.source == node.key]
            integration, kind = ("DEBEZIUM", "CONNECTOR") if node.kind == "connector" else ("FLINK", "QUERY")
            job_type = facet(JOB_TYPE, processingType="STREAMING", integration=integration, jobType=kind)
            yield {
                "eventTime": time,
                "producer": PRODUCER,
                "schemaURL": EVENT,
                "job": {"namespace": f"{stack.kafka}/{stack.graph.stack}", "name": node.name, "facets": {"jobType": job_type}},
                "inputs": [stack.dataset(key) for key in inputs],
                "outputs": [stack.dataset(edge.target) | {"facets": facets(stack, inputs, edge)} for edge in outputs],
            }  # fmt: skip


def facets(stack: Stack, inputs: list[str], edge: Edge) -> dict[str, Facet]:
    """Columns of an output and where they come from; of dead letters, which have a schema of Flink's own, nothing."""
    if edge.source == "connector":
        return {"schema": schema(stack.types(edge.target))}
    if edge.columns is None:
        return {}
    types, origin = stack.types(inputs[0]), stack.dataset(inputs[0])
    made = {name: masked(types[source.column], source) for name, source in edge.columns.items()}
    fields = {name: {"inputFields": [origin | direct(source)]} for name, source in edge.columns.items()}
    tested = [origin | {"field": name, "transformations": [FILTER]} for name in filters(stack, edge)]
    return {"schema": schema(made), "columnLineage": facet(COLUMNS, fields=fields, dataset=tested)}


FILTER = {"type": "INDIRECT", "subtype": "FILTER"}


def schema(types: Mapping[str, str]) -> Facet:
    """Names and types of columns."""
    return facet(SCHEMA, fields=[{"name": name, "type": kind} for name, kind in types.items()])


def masked(kind: str, origin: Origin) -> str:
    """What is hidden is a text."""
    return "string" if origin.mask in ("hash", "redact") else kind


def direct(origin: Origin) -> dict[str, Any]:
    """A column that is copied, or hidden on the way."""
    if not origin.mask:
        return {"field": origin.column, "transformations": [{"type": "DIRECT", "subtype": "IDENTITY"}]}
    how = {"type": "DIRECT", "subtype": "TRANSFORMATION", "description": origin.mask, "masking": True}
    return {"field": origin.column, "transformations": [how]}


def filters(stack: Stack, edge: Edge) -> list[str]:
    """Columns that decide whether a route takes a record."""
    known = {route.name: route for route in stack.routes.kept}
    chosen = [known[edge.note]] if edge.note in known else list(known.values())
    tested = (one.field for route in chosen for _, one in comparisons(route.when))
    return list(dict.fromkeys(["__op", *tested]))
