"""A broker that is killed while transactions are being committed finishes them: no `read_committed` reader waits for ever.

Apache Kafka 4.1 to 4.4 do not (KAFKA-20734, docs/adr/0017-mended-broker.md).
"""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import IsolationLevel, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

from cli.client import kafka, wait
from cli.client.stack import Stack
from local.engines.spec import JAVA
from local.toolchain import installed, java_classes
from tests.support.engines import engine

pytestmark = pytest.mark.engine
TOPIC = "commits-under-way"
PARTITIONS, PRODUCERS = 24, 8
PROBE = Path(__file__).parent / "java" / "LeaderlessProbe.java"


@pytest.fixture
def topic(running: Stack) -> Iterator[str]:
    client = AdminClient(kafka.local_admin_config())
    client.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])[TOPIC].result(30)
    yield TOPIC
    client.delete_topics([TOPIC])[TOPIC].result(30)


class Committing(threading.Thread):
    """Small transactions over every partition, one after the other; the last one is committed, however long that takes."""

    def __init__(self, name: str) -> None:
        super().__init__(daemon=True)
        self.producer = Producer(
            {**kafka.local_admin_config(), "transactional.id": f"{TOPIC}-{name}", "transaction.timeout.ms": 900_000}
        )
        self.ending, self.committed = threading.Event(), 0

    def run(self) -> None:
        self.producer.init_transactions(60)
        while not self.ending.is_set():
            self.producer.begin_transaction()
            for partition in range(PARTITIONS):
                self.producer.produce(TOPIC, b"x", partition=partition)
            self.commit()
            self.committed += 1

    def commit(self) -> None:
        """As long as the broker is away, again."""
        while True:
            try:
                self.producer.commit_transaction(10)
            except KafkaException as error:
                if not error.args[0].retriable():
                    raise
            else:
                return


def offsets(isolation: IsolationLevel) -> dict[int, int]:
    """The next offset that a reader sees, by partition. A client from before the kill would ask with the old leader's epoch."""
    admin = AdminClient(kafka.local_admin_config())
    wanted = {TopicPartition(TOPIC, number): OffsetSpec.latest() for number in range(PARTITIONS)}
    found = admin.list_offsets(wanted, isolation_level=isolation, request_timeout=20)
    return {place.partition: future.result().offset for place, future in found.items()}


def all_readable() -> bool:
    """Is nothing open?"""
    with contextlib.suppress(KafkaException):
        return offsets(IsolationLevel.READ_COMMITTED) == offsets(IsolationLevel.READ_UNCOMMITTED)
    return False


def returned(killed: int) -> bool:
    """Is there another one, and ready?"""
    now = engine("kafka")
    return now["state"] == "ready" and now["pid"] != killed


def test_every_commit_that_was_under_way_becomes_readable(topic: str) -> None:
    writers = [Committing(str(number)) for number in range(PRODUCERS)]
    for writer in writers:
        writer.start()
    wait.wait_for(lambda: all(one.committed > 2 for one in writers), 60, "the first commits")
    before = engine("kafka")
    os.kill(before["pid"], signal.SIGKILL)
    for writer in writers:
        writer.ending.set()
    wait.wait_for(lambda: returned(before["pid"]), 120, "the return of the broker")
    for writer in writers:
        writer.join(120)
        assert not writer.is_alive()
    wait.wait_for(all_readable, 60, "the end of every transaction")


def test_a_partition_without_a_leader_is_not_taken_for_a_deleted_one(tmp_path: Path) -> None:
    """-1 is the node that means "ask again". The broker as it was published says "deleted" thrice: then the mending may go."""
    tools = installed.install(lambda _: None)
    published = tools.classpath("kafka").split(":", 1)[1]
    compiler = tools.jar_files("compiler")[0]
    java_classes.run("probe", ["-jar", str(compiler), "-17", "-cp", published, "-d", str(tmp_path), str(PROBE)])
    for classpath, said in ((tools.classpath("kafka"), "-1 deleted deleted"), (published, "deleted deleted deleted")):
        command = [JAVA, "-cp", f"{classpath}:{tmp_path}", "LeaderlessProbe"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == said
