"""Debezium's own router in Kafka Connect: EventRouter, one hop, a topic by the value of one column."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx2

from bench.peers.arm import Place
from bench.peers.ground import DATABASE, PUBLICATION, TABLE, Ground, ground, worker
from cli.client.wait import wait_for

TEXT = "org.apache.kafka.connect.storage.StringConverter"


def configuration(found: Ground, exactly_once: bool) -> dict[str, str]:
    """The connector's. Poll interval and batch are those of our local stack."""
    instance = found.instance
    return {
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "tasks.max": "1",
        "database.hostname": "127.0.0.1",
        "database.port": str(instance.port("postgres")),
        "database.user": "postgres",
        "database.password": instance.secrets["postgres"],
        "database.dbname": DATABASE,
        "database.sslmode": "disable",
        "plugin.name": "pgoutput",
        "publication.name": PUBLICATION,
        "publication.autocreate.mode": "disabled",
        "slot.name": "peers",
        "topic.prefix": "peers",
        "table.include.list": f"public.{TABLE}",
        "snapshot.mode": "no_data",
        "poll.interval.ms": "10",
        "max.batch.size": "2048",
        "key.converter": TEXT,
        "value.converter": TEXT,
        "transforms": "outbox",
        "transforms.outbox.type": "io.debezium.transforms.outbox.EventRouter",
        "transforms.outbox.table.field.event.id": "id",
        "transforms.outbox.table.field.event.key": "id",
        "transforms.outbox.table.field.event.payload": "header_data",
        "transforms.outbox.route.by.field": "event_type",
        "transforms.outbox.route.topic.replacement": "peer-${routedByValue}",
        **({"exactly.once.support": "required", "transaction.boundary": "poll"} if exactly_once else {}),
    }


def running(port_base: int, exactly_once: bool) -> Callable[[Path], AbstractContextManager[Place]]:
    """The arm, in a folder of its own."""

    @contextmanager
    def arm(folder: Path) -> Generator[Place]:
        connect = worker(folder, port_base, exactly_once)
        with ground(folder, port_base, [connect]) as found:
            start(found, configuration(found, exactly_once))
            yield found.place([found.pid("connect")])

    return arm


def start(found: Ground, configured: dict[str, str]) -> None:
    """Make the connector and wait until it streams."""
    instance = found.instance
    with httpx2.Client(
        base_url=instance.url("connect"), verify=instance.certificates.context, trust_env=False, timeout=60
    ) as api:
        api.put("/connectors/peers/config", json=configured).raise_for_status()

        def runs() -> bool:
            answer = api.get("/connectors/peers/status")
            return answer.status_code == 200 and [task["state"] for task in answer.json()["tasks"]] == ["RUNNING"]

        wait_for(runs, 60, "the start of Debezium's connector")
