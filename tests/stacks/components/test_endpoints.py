"""Addresses of an access point: its own, one of each kind, or an error that says what there is."""

import asyncio
from typing import Any, cast

import pulumi
import pulumi_confluentcloud as cc
import pytest

from policies.graph import from_recorded
from stacks.components.confluent import endpoints
from stacks.components.confluent.endpoints import AccessPoint, chosen

MINE, OTHERS = "ap-mine01", "ap-other1"
NAME = "lkc-1-{}.us-east-1.aws.accesspoint.glb.confluent.cloud:{}"


def endpoint(point: str | None, kind: str, address: str) -> cc.outputs.GetEndpointEndpointResult:
    """As Confluent lists them; some belong to no access point."""
    return cc.outputs.GetEndpointEndpointResult(
        access_points=[cc.outputs.GetEndpointEndpointAccessPointResult(id=point)] if point else [],
        api_version="endpoint/v1",
        cloud="AWS",
        connection_type="PRIVATE_LINK",
        endpoint=address,
        endpoint_type=kind,
        environment=cc.outputs.GetEndpointEndpointEnvironmentResult(id="env-1"),
        gateways=[],
        id=f"ep-{point}-{kind}",
        is_private=True,
        kind="Endpoint",
        region="us-east-1",
        resources=[],
        service="KAFKA",
    )


LISTED = [
    endpoint(OTHERS, "REST", "https://" + NAME.format(OTHERS, 443)),
    endpoint(MINE, "BOOTSTRAP", NAME.format(MINE, 9092)),
    endpoint(None, "REST", "https://pkc-1.us-east-1.aws.private.confluent.cloud:443"),
    endpoint(MINE, "REST", "https://" + NAME.format(MINE, 443)),
]


def test_only_its_own_of_a_kind() -> None:
    assert (
        chosen(LISTED, MINE, "KAFKA", "REST")
        == f"https://lkc-1-{MINE}.us-east-1.aws.accesspoint.glb.confluent.cloud:443"
    )
    assert chosen(LISTED, MINE, "KAFKA", "BOOTSTRAP") == NAME.format(MINE, 9092)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            LISTED[:1],
            f"lists 0 private addresses (REST) of KAFKA for access point {MINE}, expected 1; all private ones there: REST https",
        ),
        ([], "all private ones there: none"),
        ([*LISTED, LISTED[-1]], "lists 2 private addresses"),
    ],
)
def test_none_or_several_are_said(found: list[cc.outputs.GetEndpointEndpointResult], words: str) -> None:
    with pytest.raises(pulumi.RunError, match="run the update again") as caught:
        chosen(found, MINE, "KAFKA", "REST")
    assert words in str(caught.value)


def test_prod_asks_its_access_point_for_everything(graphs: dict[str, Any]) -> None:
    """Provider, topics, statements and contract: none of them knows a public or a regional address."""
    graph = from_recorded(graphs["prod"])
    contract = graph.exports["contract"]
    assert contract["kafka"]["bootstrapServers"] == "lkc-1-ap1.example:9092"
    assert {t.get("restEndpoint") for t in graph.confluent("kafkaTopic")} == {"https://lkc-1-ap1.example:443"}
    assert {s.get("restEndpoint") for s in graph.confluent("schema")} == {"https://lsrc-1-ap1.example"}
    assert contract["registry"]["url"] == "https://lsrc-1-ap1.example"
    assert contract["flink"]["restEndpoint"] == "https://flink-ap1.example"
    providers = [r for r in graph.resources.values() if r.get("flinkRestEndpoint")]
    assert {p.get("flinkRestEndpoint") for p in providers} == {"https://flink-ap1.example"}
    topic = graph.resources["filtered-car-created-events-topic"]
    assert "ingress-point" in graph.resources["deployer-kafka-key-1"].dependencies | topic.dependencies


@pytest.mark.parametrize("looks", [1, 2, 4])
def test_an_update_waits_until_they_are_listed(looks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours of one kind are there at first, then all; and after so many looks it is said what is not."""
    point = AccessPoint(
        identity=cast("Any", None),
        environment_id=cast("Any", None),
        cluster_id=cast("Any", None),
        region="us-east-1",
        provider=cast("Any", None),
        ready=(),
    )
    answers = iter([LISTED[:1], LISTED[:2], *[LISTED] * 3])
    asked: list[object] = []

    class Answer:
        async def future(self) -> Any:
            return next(answers)

    def ask(_: AccessPoint, wanted: object) -> Answer:
        asked.append(wanted)
        return Answer()

    monkeypatch.setattr(endpoints, "PAUSES", [0] * looks)
    monkeypatch.setattr(AccessPoint, "asked", ask)
    found = asyncio.run(point.awaited(cast("Any", "filter"), MINE, "KAFKA"))
    assert len(asked) == min(looks, 3)
    assert len(found) == (1, 2, 4)[len(asked) - 1]
