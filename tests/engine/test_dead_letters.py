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
    unknown = b"\0" + (987_654).to_bytes(4, "big") + value[5:]
    assert isinstance(key, bytes)
    write(running, raw, {(-1, key): unknown}, "cdc-poison")
    commit(running, made[COUNT // 2 :])

    ids = {identity for identity, *_ in made}
    ledger.all_arrived(running, ids, 240)
    (letter,) = [found for found in dead_letters.read(running) if b"cdc-poison" in found.headers.values()]
    assert letter.topic == raw
    assert letter.value == unknown
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
    assert nulls(running) == []


def nulls(running: Stack) -> list[bytes | str | None]:
    """Keys of records without a value on the dead-record topic: Flink's own SELECT of that table would end at one."""
    topic = running.contract.sources[0].dead_letter_topic
    return [one.key() for one in kafka.read_all(running, "operator", [topic], 60) if one.value() is None]


def length(size: int) -> bytes:
    """A size as Avro writes it: zigzag, then 7 bits a byte."""
    rest, found = size * 2, b""
    while rest > 127:
        found, rest = found + bytes([rest & 127 | 128]), rest >> 7
    return found + bytes([rest])


def changed(value: bytes, at: int, byte: int) -> bytes:
    assert value[at] in (0, 2), "the tag of a union of null and something"
    return value[:at] + bytes([byte]) + value[at + 1 :]


def bad_values(value: bytes, key: bytes) -> dict[str, bytes]:
    """A record of the source, damaged in every way that a decoder can stumble over."""
    head, body = value[:5], value[5:]
    union = 5  # the first nullable field comes after two texts
    for _ in range(2):
        union += 1 + value[union] // 2
    return {
        "truncated": value[: len(value) // 2],
        "one byte missing": value[:-1],
        "bytes left over": value + b"\x02x",
        "a whole record left over": value + body,
        "union tag": changed(value, union, 0x08),
        "negative union tag": changed(value, union, 0x01),
        "negative length": head + b"\x01" + body[1:],
        "length of a gigabyte": head + length(2**30) + body[1:],
        "length of two gigabytes": head + length(2**31 - 1) + body[1:],
        "schema of the key": key,
        "unknown schema": b"\0" + (987_654).to_bytes(4, "big") + body,
        "only a schema id": head,
        "half a schema id": b"\0\0",
        "empty": b"",
        "JSON": b'{"id": "a", "event_type": "CarCreated"}',
        "noise": bytes(range(255, 0, -1)),
    }


def test_each_bad_record_is_one_dead_letter_whatever_its_badness(running: Stack) -> None:
    """Good, bad, good, for every kind of bad and in every partition: all the good arrive, all the bad are letters, once."""
    raw = running.contract.sources[0].raw_topic
    good = next(m for m in kafka.read_all(running, "operator", [raw], 60))
    value, key = good.value(), good.key()
    assert isinstance(value, bytes)
    assert isinstance(key, bytes)
    bad = bad_values(value, key)
    partitions = len(kafka.partitions(kafka.consumer(running, "operator", "cdc-tools-tests"), raw))
    made = rows(20 * (len(bad) + 1), "bad-")
    batches = [made[at : at + 20] for at in range(0, len(made), 20)]
    commit(running, batches.pop(0))
    for (kind, damaged), batch in zip(bad.items(), batches, strict=True):
        written = {(partition, None if partition else key): damaged for partition in range(partitions)}
        write(running, raw, written, f"cdc-bad {kind}")
        commit(running, batch)

    ledger.all_arrived(running, {identity for identity, *_ in made}, 120)
    expected = {f"cdc-bad {kind}".encode(): partitions for kind in bad}

    def found() -> dict[bytes, int]:
        letters = [v for letter in dead_letters.read(running) for v in letter.headers.values()]
        return {k: letters.count(k) for k in expected}

    wait.wait_for(lambda: found() == expected, 60, "one dead letter for each bad record")
    counts = ledger.read(running, ledger.routed_topics(running)).counts
    assert all(n == 1 for topic in counts.values() for identity, n in topic.items() if identity.startswith("bad-"))
    shown = cdc("tail", "raw", "--max", "2000", "--json")
    assert shown.returncode == 0, shown.stderr
    assert "undecodable" in shown.stdout
    one_each = {v: letter.id for letter in dead_letters.read(running) for v in letter.headers.values() if v in expected}
    assert len(one_each) == len(bad)
    for identity in one_each.values():
        refused = cdc("dead-letters", "redrive", identity)
        assert (refused.returncode, "Traceback" in refused.stderr) == (1, False), refused.stderr


def write(running: Stack, topic: str, values: dict[tuple[int, bytes | None], bytes], mark: str) -> None:
    """Records as a program would write them that went wrong: (partition, key) → value."""
    own = {"transactional.id": "cdc-redrive-poison", "message.max.bytes": kafka.LARGEST}
    producer = Producer({**kafka.kafka_config(running, "redriver"), **own})
    producer.init_transactions(30)
    producer.begin_transaction()
    for (partition, key), value in values.items():
        producer.produce(topic, value, key, partition=partition, headers={"cdc-made-by": mark.encode()})
    producer.commit_transaction(30)
