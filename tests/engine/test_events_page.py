"""docs/events.md, typed: from an empty domain to records on their topic."""

import json
import re
import subprocess
from collections.abc import Iterator

import pytest
import yaml

from bench.ledger.checkout import Checkout
from cli.client import kafka, registry
from cli.client.stack import Stack
from cli.client.wait import wait_for
from tests.support.changes import apply, document
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine
PAGE = ROOT / "docs" / "events.md"


def blocks() -> list[tuple[str, str]]:
    return re.findall(r"```(sh|yaml)\n(.*?)```", PAGE.read_text(), re.DOTALL)


def typed(checkout: Checkout, block: str) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block], cwd=checkout.root, env=checkout.environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def added(checkout: Checkout, block: str) -> None:
    """What the page says to write into routes.yaml."""
    routes = document(checkout)
    for name, entries in yaml.safe_load(block).items():
        routes[name] += entries
    (checkout.root / "routes.yaml").write_text(yaml.safe_dump(routes, sort_keys=False))


@pytest.fixture
def shop(checkout: Checkout) -> Iterator[Checkout]:
    """A checkout whose topics with consumers are retired at the end."""
    yield checkout
    routes = document(checkout)
    routes["consumers"] = [one for one in routes["consumers"] if one["name"] != "order-consumer"]
    for one in routes["routes"]:
        if one["name"] == "order-placed":
            one["retire"] = True
    apply(checkout, routes)


def test_the_page_from_its_beginning_to_its_end(running: Stack, shop: Checkout) -> None:
    told = [added(shop, text) or "" if kind == "yaml" else typed(shop, text) for kind, text in blocks()]
    assert len(told) == 5
    orders = [json.loads(line) for line in (shop.root / "orders.jsonl").read_text().splitlines()]
    placed = {one["eventHeader"]["uuid"] for one in orders if one["eventHeader"]["eventType"] == "OrderPlaced"}
    other = {one["eventHeader"]["uuid"] for one in orders} - placed
    assert len(placed) == len(other) == 10
    decoder = registry.Decoder(running, "operator")

    def on(topic: str) -> set[str]:
        return {key["id"] for _, key, _ in decoder.records(kafka.read_all(running, "operator", [topic]))}

    wait_for(lambda: placed <= on("filtered-order-placed-events"), 60, "the orders")
    wait_for(lambda: other <= on(running.contract.sources[0].unrouted_topic), 60, "those that no route takes")
    assert sum(identity in told[-1] for identity in placed) == 10  # `tail` showed them
    assert not other & on("filtered-order-placed-events")
    assert "order-placed" in told[-1]
