"""The loop: one record at a time and in order; committed after the work; alive while the work is slow."""

import logging
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from contextlib import suppress
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from examples.consumer.attempts import Attempts, Stopped, Undeliverable
from examples.consumer.settings import Connection, Settings

log = logging.getLogger("consumer")
POLL = 0.2
FINISH = 30.0  # seconds that the work at hand may take when its partition goes, or the program stops
Place = tuple[str, int]


class Program:
    """A member of the consumer's group."""

    def __init__(self, settings: Settings, connection: Connection, attempts: Attempts) -> None:
        self.settings, self.connection, self.attempts = settings, connection, attempts
        self.done: dict[Place, int] = {}  # next offsets that are not committed yet
        self.owned: set[Place] = set()
        self.backlog: deque[Message] = deque()
        self.committed_at = time.monotonic()
        self.job: Future[None] | None = None
        self.pool = ThreadPoolExecutor(1)
        self.client = Consumer(self.configuration())

    def configuration(self) -> dict[str, Any]:
        """Cooperative rebalances: who keeps a partition does not stop. Offsets are ours to commit."""
        own = {
            "group.id": self.connection.group,
            "isolation.level": self.connection.isolation,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "partition.assignment.strategy": "cooperative-sticky",
            "session.timeout.ms": 10_000,  # a killed member's partitions go on after so long
        }
        if self.settings.instance:
            own["group.instance.id"] = self.settings.instance
        return {**self.connection.kafka(), **own}

    def run(self) -> int:
        """Until it is asked to stop. Exit code 1 when a record could neither be worked on nor put aside."""
        self.client.subscribe(
            list(self.connection.topics), on_assign=self.assigned, on_revoke=self.revoked, on_lost=self.lost
        )
        log.info("%s reads %s as %s", self.settings.name, ", ".join(self.connection.topics), self.connection.group)
        try:
            while not self.attempts.stopping.is_set():
                message = self.next()
                if message is not None:  # one without a value is false, and a record all the same
                    self.worked(message)
                self.commit(self.settings.commit_every)
        except Undeliverable as error:
            log.critical("%s; nothing after it is read (deadLetter: true in routes.yaml gives it a topic)", error)
            return 1
        finally:
            self.end()
        return 0

    def next(self) -> Message | None:
        """The next record of a partition that is still ours."""
        message = self.backlog.popleft() if self.backlog else self.client.poll(POLL)
        self.attempts.health.polled()
        if message is None:
            return None
        if error := message.error():
            if error.fatal() or error.code() in (
                KafkaError.TOPIC_AUTHORIZATION_FAILED,
                KafkaError.GROUP_AUTHORIZATION_FAILED,
            ):
                raise KafkaException(error)
            log.warning("%s", error.str())
            return None
        return message if place(message) in self.owned else None

    def worked(self, message: Message) -> None:
        """Have it worked on. While that is slow, partitions are paused and the group is told that we live."""
        self.job = self.pool.submit(self.attempts.run, message)
        try:
            self.job.result(self.settings.slow)
        except TimeoutError:
            if not self.job.done():
                self.meanwhile(self.job)
        except Stopped:
            return
        self.finish(message)

    def meanwhile(self, job: "Future[None]") -> None:
        """Poll without taking records until the work is done."""
        paused = self.client.assignment()
        self.client.pause(paused)
        while not job.done():
            message = self.client.poll(POLL)
            self.attempts.health.polled()
            if message is not None and message.error() is None:
                self.backlog.append(message)  # of a partition that came meanwhile
        still = [one for one in paused if (one.topic, one.partition) in self.owned]
        if still:
            self.client.resume(still)

    def finish(self, message: Message) -> None:
        """Its offset counts, when its partition still is ours."""
        job, self.job = self.job, None
        try:
            if job is not None:
                job.result()
        except Stopped:
            return
        if place(message) in self.owned:
            self.done[place(message)] = (message.offset() or 0) + 1

    def commit(self, every: float, which: set[Place] | None = None) -> None:
        """Commit what is done, when the last commit is that old; of some partitions when they go."""
        wanted = {one: offset for one, offset in self.done.items() if which is None or one in which}
        if not wanted or time.monotonic() - self.committed_at < every:
            return
        try:
            self.client.commit(
                offsets=[TopicPartition(*one, offset) for one, offset in wanted.items()], asynchronous=False
            )
        except KafkaException as error:
            log.warning("not committed, these records may come again: %s", error.args[0].str())
        for one in wanted:
            self.done.pop(one, None)
        self.committed_at = time.monotonic()

    def assigned(self, _: Consumer, places: list[TopicPartition]) -> None:
        """More partitions."""
        self.owned |= {(one.topic, one.partition) for one in places}
        self.attempts.health.partitions.set(len(self.owned))

    def revoked(self, _: Consumer, places: list[TopicPartition]) -> None:
        """Partitions go to another member: finish the record at hand, commit, and let go."""
        going = {(one.topic, one.partition) for one in places}
        if self.job is not None:
            # Where it is not done, who gets the partition works on it again.
            with suppress(TimeoutError, Stopped, Undeliverable):
                self.job.result(FINISH)
        self.commit(0, going)
        self.lost(_, places)

    def lost(self, _: Consumer, places: list[TopicPartition]) -> None:
        """Partitions are somebody else's already: nothing of them can be committed."""
        for one in places:
            self.owned.discard((one.topic, one.partition))
            self.done.pop((one.topic, one.partition), None)
        self.attempts.health.partitions.set(len(self.owned))

    def end(self) -> None:
        """Finish the record at hand, commit, leave the group."""
        self.attempts.stopping.set()
        self.pool.shutdown(wait=True)
        self.commit(0)
        self.client.close()
        if self.attempts.sink is not None:
            self.attempts.sink.close()
        log.info("stopped; everything that was done is committed")


def place(message: Message) -> Place:
    """Where a record is."""
    return message.topic() or "", message.partition() or 0
