"""The picture of the committed files, and events that OpenLineage's own classes take."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from openlineage.client.event_v2 import InputDataset, Job, JobEvent, OutputDataset
from openlineage.client.facet_v2 import column_lineage_dataset as lineage_classes
from openlineage.client.facet_v2 import job_type_job, schema_dataset

from cli.lineage import graph, layout, mermaid, openlineage, svg
from cli.lineage.graph import Graph
from stacks import load as loading
from stacks.routes.model import Choice, Routes
from stacks.settings.model import Settings
from tests.support.golden import Golden
from tests.support.paths import ROOT

CONTRACT: Any = SimpleNamespace(
    kafka=SimpleNamespace(bootstrap_servers="lkc-1.example.com:9092,other:9092"),
    database=SimpleNamespace(host="db.example.com", port=5432, database="events"),
)


@pytest.fixture(scope="module")
def files() -> tuple[Settings, Routes]:
    return loading.from_files(ROOT, "prod")


@pytest.fixture(scope="module")
def whole(files: tuple[Settings, Routes]) -> Graph:
    return graph.of("prod", *files)


def test_pictures(whole: Graph, golden: Golden) -> None:
    golden.check("lineage-prod.mmd", mermaid.render(whole))
    golden.check("lineage-prod.svg", svg.render(whole))


def test_no_box_overlaps_another(whole: Graph) -> None:
    found = layout.arrange(whole)
    corners = {(box.x, box.y) for box in found.boxes.values()}
    assert len(corners) == len(whole.nodes)
    for x, y in corners:
        assert 0 < x < found.width - layout.WIDTH
        assert 0 < y < found.height - layout.HEIGHT
        others = [other for column, other in corners if column == x and other != y]
        assert all(abs(y - other) >= layout.HEIGHT for other in others)


def test_names_that_a_picture_would_obey() -> None:
    strange = Graph("x", (graph.Node("a", "table", '"]; <script>#', "<b>"),), ())
    assert '"]; <' not in mermaid.render(strange).replace('[("', "")
    assert "<script>" not in svg.render(strange)


def events(routes: Routes, settings: Settings) -> list[dict[str, Any]]:
    known = openlineage.Stack(graph.of("prod", settings, routes), routes, CONTRACT)
    return list(openlineage.events(known, datetime(2026, 1, 31, tzinfo=UTC)))


def test_events_are_openlineage(files: tuple[Settings, Routes]) -> None:
    settings, routes = files
    for event in events(routes, settings):
        job = event["job"]
        kind = {name: value for name, value in job["facets"]["jobType"].items() if not name.startswith("_")}
        JobEvent(
            eventTime=event["eventTime"],
            producer=event["producer"],
            job=Job(job["namespace"], job["name"], {"jobType": job_type_job.JobTypeJobFacet(**kind)}),
            inputs=[InputDataset(**one) for one in event["inputs"]],
            outputs=[output(one) for one in event["outputs"]],
        )


def output(found: dict[str, Any]) -> OutputDataset:
    facets: dict[str, Any] = {}
    if schema := found["facets"].get("schema"):
        fields = [schema_dataset.SchemaDatasetFacetFields(**field) for field in schema["fields"]]
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields)
    if columns := found["facets"].get("columnLineage"):
        facets["columnLineage"] = lineage_classes.ColumnLineageDatasetFacet(
            fields={
                name: lineage_classes.Fields(inputFields=[inputs(one) for one in field["inputFields"]])
                for name, field in columns["fields"].items()
            },
            dataset=[inputs(one) for one in columns["dataset"]],
        )
    return OutputDataset(found["namespace"], found["name"], facets)


def inputs(found: dict[str, Any]) -> lineage_classes.InputField:
    how = [lineage_classes.Transformation(**one) for one in found["transformations"]]
    return lineage_classes.InputField(**{**found, "transformations": how})


def test_columns_have_origins(files: tuple[Settings, Routes]) -> None:
    settings, routes = files
    choice = Choice(rename={"event_name": "name"}, mask={"header_data": "hash"}, drop=["saved_date"])
    changed = routes.routes[0].model_copy(update={"columns": choice})
    made = events(routes.model_copy(update={"routes": [changed, *routes.routes[1:]]}), settings)
    connector, statement = made
    assert [(one["namespace"], one["name"]) for one in connector["inputs"]] == [
        ("postgres://db.example.com:5432", "events.public.event_headers")
    ]
    topic = next(one for one in statement["outputs"] if one["name"] == "filtered-car-created-events")
    assert topic["namespace"] == "kafka://lkc-1.example.com:9092"
    fields = topic["facets"]["columnLineage"]["fields"]
    assert fields["name"]["inputFields"][0]["field"] == "event_name"
    assert fields["header_data"]["inputFields"][0]["transformations"][0]["masking"] is True
    assert "saved_date" not in fields
    types = {field["name"]: field["type"] for field in topic["facets"]["schema"]["fields"]}
    assert types["header_data"] == "string"  # a hash of what was JSON
    assert [one["field"] for one in topic["facets"]["columnLineage"]["dataset"]] == ["__op", "event_type"]
