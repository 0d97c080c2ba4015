"""One poison record in a hundred thousand: the pipeline goes on, exactly that one is a dead letter, redrive delivers it once."""

import json

import pytest
from confluent_kafka import Producer

from cli.client import dead_letters, kafka, wait
from cli.client.stack import Stack
from tests.support import ledger
from tests.support.bulk import commit, rows
from tests.support.cdc import cdc

pytestmark = pytest.mark.engine
COUNT = 100_000


def test_one_poison_record_in_a_hundred_thousand(running: Stack) -> None:
    contract = running.contract
    raw = contract.sources[0].raw_topic
    made = rows(COUNT, "poison-")
    commit(running, made[: COUNT // 2])
    good = next(m for m in kafka.read_all(running, "operator", [raw], 60))
    value, key = good.value(), good.key()
    assert isinstance(value, bytes)
    poison(running, raw, key, value)
    commit(running, made[COUNT // 2 :])

    ids = {identity for identity, *_ in made}
    ledger.all_arrived(running, ids, 240)
    (letter,) = [found for found in dead_letters.read(running) if b"cdc-poison" in found.headers.values()]
    assert letter.topic == raw
    assert letter.value == b"\0\0\x0f\x12\x06" + value[5:]
    assert letter.key == key
    assert "not found" in letter.error
    assert letter.statements == (contract.flink.statements["event-headers"],)

    before = ledger.read(running, ledger.routed_topics(running))
    refused = cdc("dead-letters", "redrive", letter.id)
    assert refused.returncode == 1
    assert "can still not be decoded" in refused.stderr
    schema = int.from_bytes(value[1:5], "big")
    done = cdc("dead-letters", "redrive", letter.id, "--schema-id", str(schema), "--json")
    assert json.loads(done.stdout) == {"redriven": [letter.id]}
    again = cdc("dead-letters", "redrive", letter.id, "--schema-id", str(schema))
    assert again.returncode == 1
    assert "already written back" in again.stderr

    def total() -> int:
        seen = ledger.read(running, ledger.routed_topics(running))
        return sum(sum(c.values()) for c in seen.counts.values())

    expected = sum(sum(c.values()) for c in before.counts.values()) + 1
    wait.wait_for(lambda: total() >= expected, 60, "the redriven record")
    assert total() == expected
    assert [found.redriven for found in dead_letters.read(running) if found.id == letter.id] == [True]


def poison(running: Stack, topic: str, key: object, value: bytes) -> None:
    """A record whose schema does not exist, written as a program would that went wrong."""
    settings = {**kafka.kafka_config(running, "redriver"), "transactional.id": "cdc-redrive-poison"}
    producer = Producer(settings)
    producer.init_transactions(30)
    producer.begin_transaction()
    unknown = b"\0" + (987_654).to_bytes(4, "big") + value[5:]
    producer.produce(topic, unknown, key, headers={"cdc-made-by": b"cdc-poison"})
    producer.commit_transaction(30)
