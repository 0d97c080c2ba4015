"""What a stack costs on which nothing happens."""

from typing import Any

import pytest

from cli.planning import cost
from policies.graph import from_recorded
from stacks.load import from_files
from tests.support.paths import ROOT


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_what_stands_costs_and_what_flows_does_not(stack: str, graphs: dict[str, Any]) -> None:
    settings, routes = from_files(ROOT, stack)
    graph = from_recorded(graphs[stack])
    idle = cost.idle(settings, routes, graph)
    flowing = {"Data", "Topic storage", "Aurora I/O", "Events API", "PrivateLink traffic"}
    lines = cost.estimate(settings, routes, graph)
    standing = sum(one.dollars or 0 for one in lines if one.item not in flowing)
    assert idle == pytest.approx(standing / cost.HOURS)
    assert 0 < idle * cost.HOURS < cost.total(lines)
    busy = settings.model_copy(update={"traffic": settings.traffic.model_copy(update={"events_per_second": 1000.0})})
    assert cost.idle(busy, routes, graph) == idle
