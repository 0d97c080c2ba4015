"""The environment as a user meets it: state, counts, order, schemas, permissions."""

import json
from typing import Any

import httpx2
import psycopg
import pytest
from confluent_kafka import KafkaError, KafkaException

from cli.client import kafka, registry, wait
from cli.client.stack import Stack, local_dsn
from cli.traffic.events import TYPES
from local.environment import Instance
from tests.support import ledger
from tests.support.cdc import cdc

pytestmark = pytest.mark.engine


def test_preview_right_after_up_shows_no_change(running: Stack) -> None:
    done = cdc("pulumi", "preview", "-s", "local", "--expect-no-changes", "--non-interactive")
    assert done.returncode == 0, done.stdout
    assert "240 unchanged" in done.stdout


def test_refresh_shows_none(running: Stack) -> None:
    done = cdc("pulumi", "refresh", "-s", "local", "--yes", "--expect-no-changes", "--non-interactive")
    assert done.returncode == 0, done.stdout


def test_rows_from_before_the_connector_are_routed(running: Stack) -> None:
    wait.wait_for(lambda: all(ledger.read(running, ledger.routed_topics(running)).counts.values()), 60, "the snapshot")
    decoder = registry.Decoder(running, "operator")
    found = decoder.records(kafka.read_all(running, "operator", ledger.routed_topics(running)))
    operations = [value["__op"] for _, _, value in found]
    assert operations == ["r"] * 20


def test_every_event_arrives_once_on_its_own_topic(running: Stack) -> None:
    before = ledger.read(running, ledger.routed_topics(running))
    sent = ledger.write(running, 1000, seed=11)
    after = ledger.all_arrived(running, set(sent), 60)
    for topic in ledger.routed_topics(running):
        wanted = {i for i, target in sent.items() if target == topic}
        assert len(wanted) == 1000 / len(TYPES)
        assert set(after.counts[topic]) - set(before.counts[topic]) == wanted
        assert max(after.counts[topic].values()) == 1
    uncommitted = ledger.read(running, ledger.routed_topics(running), "read_uncommitted")
    assert all(uncommitted.counts[t][i] == 1 for i, t in sent.items())


def test_what_no_route_takes_is_kept_with_a_reason(running: Stack) -> None:
    (event,) = ledger.write(running, 1, seed=12)
    ledger.all_arrived(running, {event}, 60)
    with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
        connection.execute("UPDATE event_headers SET saved_date = now() WHERE id = %s", (event,))
        connection.execute("DELETE FROM business_events WHERE id = %s", (event,))
    unrouted, decoder = running.contract.sources[0].unrouted_topic, registry.Decoder(running, "operator")

    def found() -> list[tuple[str, str]]:
        decoded = decoder.records(kafka.read_all(running, "operator", [unrouted]))
        return [(v["__op"], v["reason"]) for _, k, v in decoded if k["id"] == event]

    wait.wait_for(lambda: len(found()) == 2, 60, "the update and the delete")
    assert found() == [("u", "no route takes this operation"), ("d", "no route takes this operation")]


def test_changes_of_one_row_stay_in_order(running: Stack) -> None:
    (event,) = ledger.write(running, 1, seed=13)
    with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
        for number in range(50):
            connection.execute("UPDATE event_headers SET event_name = %s WHERE id = %s", (f"n{number:03d}", event))
    unrouted, decoder = running.contract.sources[0].unrouted_topic, registry.Decoder(running, "operator")

    def names() -> list[str]:
        decoded = decoder.records(kafka.read_all(running, "operator", [unrouted]))
        return [v["event_name"] for _, k, v in decoded if k["id"] == event]

    wait.wait_for(lambda: len(names()) == 50, 60, "fifty updates")
    assert names() == [f"n{number:03d}" for number in range(50)]


def test_no_subject_got_a_second_version(running: Stack) -> None:
    """Neither the connector nor Flink registers a schema beside the declared one."""
    schemas = registry.client(running, "operator")
    subjects = [
        f"{t}-{part}" for t in [*ledger.routed_topics(running), "raw-event-headers"] for part in ("key", "value")
    ]
    assert {s: schemas.get_versions(s) for s in subjects} == {s: [1] for s in subjects}


def reading(stack: Stack, who: str, topic: str, group: str) -> KafkaError | None:
    """Subscribe and read as a consumer; the first error, None after the first record."""
    client = kafka.consumer(stack, who, group)
    client.subscribe([topic])
    try:
        for _ in range(100):
            message = client.poll(0.2)
            if message is not None:
                return message.error()
    except KafkaException as error:
        return error.args[0]
    finally:
        client.close()
    raise AssertionError(f"{who} heard nothing of {topic}")


def test_a_consumer_reads_its_own_topic_in_its_own_group(running: Stack) -> None:
    for consumer in running.contract.consumers:
        assert reading(running, consumer.name, consumer.topics[0], consumer.group) is None


def test_a_consumer_reads_nobody_elses(running: Stack) -> None:
    cars, loans = running.contract.consumers[:2]
    refused = reading(running, cars.name, loans.topics[0], cars.group)
    assert refused is not None
    assert refused.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED
    refused = reading(running, cars.name, cars.topics[0], loans.group)
    assert refused is not None
    assert refused.code() == KafkaError.GROUP_AUTHORIZATION_FAILED


def test_a_consumer_sees_its_own_schemas_only(running: Stack) -> None:
    cars, loans = running.contract.consumers[:2]
    key = running.keys[cars.name]["registry"]

    def status(topic: str) -> int:
        url = f"{running.contract.registry.url}/subjects/{topic}-value/versions/latest"
        return httpx2.get(url, auth=(key["key"], key["secret"]), trust_env=False, timeout=60).status_code

    assert (status(cars.topics[0]), status(loans.topics[0])) == (200, 403)


def test_a_wrong_secret_is_an_error_not_a_silence(running: Stack) -> None:
    consumer = running.contract.consumers[0]
    wrong = {
        **running.keys,
        consumer.name: {"kafka": {"key": running.keys[consumer.name]["kafka"]["key"], "secret": "x"}},
    }
    failed = reading(Stack("local", running.contract, wrong), consumer.name, consumer.topics[0], consumer.group)
    assert failed is not None
    assert failed.code() == KafkaError._AUTHENTICATION


def test_status_names_everything(running: Stack) -> None:
    done = cdc("status", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert {e["name"] for e in found["engines"]} >= {
        "postgres",
        "kafka",
        "registry",
        "connect",
        "jobmanager",
        "taskmanager",
        "gateway",
        "cloud",
    }
    assert found["connector"]["state"] == "RUNNING"
    assert [s["phase"] for s in found["statements"]] == ["RUNNING"]
    assert {r["topic"] for r in found["topics"]["rows"]} == {
        *ledger.routed_topics(running),
        "raw-event-headers",
    }
    shown = cdc("status")
    assert max(map(len, shown.stdout.splitlines())) <= 100


def test_tail_prints_decoded_records(running: Stack) -> None:
    done = cdc("tail", "car-created", "--max", "3", "--json")
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(records) == 3
    assert all(r["value"]["event_type"] == "CarCreated" and r["key"]["id"] == r["value"]["id"] for r in records)


def test_env_is_enough_to_connect(running: Stack) -> None:
    found = json.loads(cdc("env", "--json", "-s", "local").stdout)
    with psycopg.connect(found["postgresDsn"]) as connection:
        assert connection.execute("SELECT count(*) FROM business_events").fetchone()
    assert set(found["consumers"]) == {c.name for c in running.contract.consumers}


def test_secrets_are_not_in_the_state_or_the_logs(running: Stack, home: Any) -> None:
    secrets = [v for k, v in Instance.here().secrets.items() if k not in ("passphrase", "cloud_api_key", "kafka")]
    secrets += [key["secret"] for kinds in running.keys.values() for key in kinds.values()]
    files = [*(home / "pulumi" / "state").rglob("*.json"), *(home / "logs").rglob("*.log")]
    assert files
    for file in files:
        text = file.read_text(errors="replace")
        assert not [s for s in secrets if s in text], file
