"""Writing dead letters back, exactly once: the record and the mark that it was written are one Kafka transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaException, Producer

from cli.client import dead_letters, kafka, registry
from cli.client.dead_letters import DeadLetter
from cli.client.stack import Stack
from stacks.errors import CdcError

SECONDS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Which records are written back: those of some ids (`topic/partition/offset`), or all that wait (no ids)."""

    ids: Sequence[str]

    def of(self, records: list[DeadLetter]) -> list[DeadLetter]:
        """The chosen ones. A record that was written back already is an error by id."""
        if not self.ids:
            return list(dead_letters.waiting(records))
        picked = [dead_letters.pick(records, identity) for identity in self.ids]
        if done := [record.id for record in picked if record.redriven]:
            raise CdcError(f"already written back: {', '.join(done)}", "nothing was written now")
        return picked

    def among(self, records: list[DeadLetter]) -> "Choice":
        """The part of the choice that is among these."""
        return Choice(ids=[record.id for record in records if record.id in self.ids])


@dataclass(frozen=True, kw_only=True, slots=True)
class Repair:
    """What is changed about a record before it is written: the schema id in its first five bytes, or all its bytes.

    `force`: also what can still not be decoded.
    """

    schema_id: int | None = None
    value: bytes | None = None
    force: bool = False

    @classmethod
    def of(cls, schema_id: int | None, value_file: Path | None, force: bool) -> "Repair":
        """From the command's options. CdcError when the file cannot be read."""
        try:
            return cls(schema_id=schema_id, value=value_file.read_bytes() if value_file else None, force=force)
        except OSError as error:
            raise CdcError(f"{value_file} cannot be read: {error.strerror}") from error

    def bytes_of(self, record: DeadLetter) -> bytes:
        """The bytes to write."""
        value = record.value if self.value is None else self.value
        return value if self.schema_id is None else b"\0" + self.schema_id.to_bytes(4, "big") + value[5:]


def redrive(stack: Stack, source: str, choice: Choice, repair: Repair) -> list[str]:
    """One transaction for a source's dead letters. Another run at the same time is fenced off before it can commit."""
    topic = dead_letters.sources(stack, source)[0].dead_letter_topic
    own = {"transactional.id": f"cdc-redrive-{topic}", "linger.ms": 5, "message.max.bytes": kafka.LARGEST}
    producer = Producer({**kafka.kafka_config(stack, "redriver"), **own})
    try:
        producer.init_transactions(SECONDS)
        # Read again behind the fence: what an earlier run committed is seen, what it left open is taken back.
        ours = dead_letters.read(stack, source)
        wanted = (choice.among(ours) if choice.ids else choice).of(ours)
        values = {record.id: decodable(stack, record, repair) for record in wanted}
        producer.begin_transaction()
        for record in wanted:
            headers: Any = {**record.headers, "cdc-redriven-from": record.id.encode()}
            producer.produce(record.topic, values[record.id], record.key, headers=headers)
            mark: Any = {dead_letters.MARK: b"true"}
            producer.produce(topic, record.letter, record.id.encode(), partition=0, headers=mark)
        producer.commit_transaction(SECONDS)
    except KafkaException as error:
        raise CdcError(f"nothing was written back: {error.args[0].str()}", "run the same command again") from error
    return [record.id for record in wanted]


def decodable(stack: Stack, record: DeadLetter, repair: Repair) -> bytes:
    """The bytes, when the stack's readers can decode them now. CdcError otherwise, unless it is forced."""
    value = repair.bytes_of(record)
    try:
        registry.Decoder(stack, "operator").require_readable(record.topic, value)
    except CdcError as error:
        if not repair.force:
            raise CdcError(
                f"{record.id} can still not be decoded: {error.message}",
                "mend it: --schema-id N, --value-file FILE; or register its schema; --force writes it all the same",
            ) from error
    return value
