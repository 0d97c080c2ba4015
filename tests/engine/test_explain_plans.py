"""What Flink makes of a routing statement: EXPLAIN of the text that Confluent would get, with many routes."""

import json
from collections.abc import Iterator

import pytest

from cli.client.stack import Stack
from local.confluent.flink.inferred_tables import flink_type
from local.confluent.flink.names import identifier
from local.environment import Instance
from stacks.routes import avro, records
from stacks.routes.model import Routes
from tests.stacks.statements.test_sets import built, project, route
from tests.support.sql_gateway import Gateway

pytestmark = pytest.mark.engine
ROUTES = 40


@pytest.fixture
def gateway(running: Stack) -> Iterator[Gateway]:
    found = Gateway(Instance.here(), "streaming")
    yield found
    found.close()


def tables(business: Routes) -> dict[str, avro.Record]:
    """Value records by topic, as the program registers them."""
    source = business.sources[0]
    found = {route.topic: records.records(source, route)[1] for route in business.routes}
    found[source.topic] = avro.raw(source)[1]
    found[source.unrouted_topic] = records.unrouted(source)[1]
    return found


def table(topic: str, record: avro.Record, connector: str) -> str:
    fields = json.loads(record.text)["fields"]
    columns = ", ".join(f"{identifier(field['name'])} {flink_type(field['type'])}" for field in fields)
    return f"CREATE TABLE {identifier(topic)} ({columns}) WITH ('connector' = '{connector}')"


def test_a_set_of_many_routes_reads_its_source_once(gateway: Gateway) -> None:
    many = [route(number) for number in range(ROUTES)]
    business, text = project(many), built(many)["event-headers"].text
    raw = business.sources[0].topic
    for topic, record in tables(business).items():
        gateway.run(table(topic, record, "datagen" if topic == raw else "blackhole"))
    explained = gateway.run(f"EXPLAIN {text.strip().removeprefix('EXECUTE ').removesuffix(';')}")[0][0]
    plan = explained.split("== Optimized Execution Plan ==")[1]
    assert plan.count("Sink(") == ROUTES + 1
    assert plan.count("TableSourceScan(") == 1
    assert plan.count("Reused(reference_id=") >= ROUTES
