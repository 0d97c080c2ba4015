"""Facts of a stack on which nothing is wrong, as the probes ask for them; a test changes one."""

from types import SimpleNamespace
from typing import Any

from cli.client.consumers import Reader
from cli.client.flow import Flow, SourceFlow
from stacks import load as loading
from tests.support.paths import ROOT

TOPICS = ("raw-event-headers", "unrouted-event-headers", "dead-letters-event-headers", "filtered-car-created-events")
CONFIG = {"retention.ms": str(7 * 86_400_000), "cleanup.policy": "delete", "max.message.bytes": str(20 * 2**20)}


def contract() -> SimpleNamespace:
    """One source, one route, one consumer."""
    source = SimpleNamespace(
        name="event-headers", table="public.event_headers",
        raw_topic=TOPICS[0], unrouted_topic=TOPICS[1], dead_letter_topic=TOPICS[2],
    )  # fmt: skip
    route = SimpleNamespace(
        name="car-created", source="event-headers", topic=TOPICS[3], retention_days=7, status="active",
        key_subject=f"{TOPICS[3]}-key", value_subject=f"{TOPICS[3]}-value", key_schema_id=1, value_schema_id=2,
    )  # fmt: skip
    consumer = SimpleNamespace(name="car-consumer", group="car-consumer-group", topics=[TOPICS[3]])
    database = SimpleNamespace(
        slot="cdc_slot",
        publication="cdc_publication",
        heartbeat_table="public.cdc_heartbeat",
        host="db",
        port=5432,
        database="events",
    )
    return SimpleNamespace(
        sources=[source], routes=[route], consumers=[consumer], database=database,
        connector=SimpleNamespace(name="postgres-cdc"),
        flink=SimpleNamespace(statements={"event-headers": "cdc-local-event-headers"}),
    )  # fmt: skip


def engine() -> dict[str, Any]:
    """A process that is well."""
    return {"name": "kafka", "state": "ready", "pid": None, "memory": 2**20, "limit": "900m", "restarts": 0, "since": 0, "problem": ""}  # fmt: skip


def facts() -> SimpleNamespace:
    """All of them."""
    server = {"wal_level": "logical", "version": 170000, "slots": 10, "slots_used": 1, "senders": 10, "senders_used": 1,
              "standby": False, "may_replicate": True, "kept_at_most": "1GB", "read_only": "off"}  # fmt: skip
    slot = {"name": "cdc_slot", "active": True, "wal_status": "reserved", "kept": 2**20, "behind": 2**10, "confirmed": 500,
            "safe_wal_size": 2**30}  # fmt: skip
    return SimpleNamespace(
        stack=SimpleNamespace(name="local", local=True, contract=contract()),
        files=loading.from_files(ROOT, "local"),
        engines=[engine()],
        server=server,
        slot=slot,
        clock_skew=0.2,
        published=["public.event_headers", "public.cdc_heartbeat", "public.cdc_signals"],
        tables=[{"name": "public.event_headers", "there": True, "readable": True}],
        transactions=[{"who": "pid 7", "handle": "7", "state": "active", "age": 3.0}],
        rows=lambda _: [{"age": 4.0}],
        heartbeat_seconds=10.0,
        connector_status={"connector": {"state": "RUNNING", "trace": ""}, "tasks": [{"id": 0, "state": "RUNNING"}]},
        connector_config={"slot.name": "cdc_slot", "publication.name": "cdc_publication", "table.include.list": "public.event_headers"},
        stored_position=lambda: 600,
        flow=Flow(4.0, (SourceFlow("event-headers", raw=1000, dead=0, changes=900, arrived=1000, lag=0.1),), 100.0, {}),
        offsets=SimpleNamespace(topics=dict.fromkeys(TOPICS)),
        topics=list(TOPICS),
        topic_configs={name: dict(CONFIG) for name in TOPICS},
        recent={TOPICS[0]: 1000, TOPICS[1]: 10},
        subjects=[f"{TOPICS[3]}-key", f"{TOPICS[3]}-value"],
        latest=lambda subject: {f"{TOPICS[3]}-key": 1, f"{TOPICS[3]}-value": 2}[subject],
        level=lambda _: "BACKWARD",
        statement=lambda _: {"status": {"phase": "RUNNING", "detail": ""}},
        visible={"car-consumer": {TOPICS[3]}},
        readers={"car-consumer": Reader("car-consumer", "car-consumer-group", 3, 2.0)},
        members=lambda _: 1,
    )  # fmt: skip
