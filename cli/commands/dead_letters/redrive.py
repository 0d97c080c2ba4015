"""Writing letters back, exactly once: the record and the mark that it was written are one Kafka transaction."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaException, Producer

from cli.client import dead_letters, kafka, registry
from cli.client.dead_letters import Letter
from cli.client.stack import Stack, load
from cli.console import data, say
from stacks.errors import CdcError

SECONDS = 60


def run(
    stack_name: str,
    identities: Sequence[str],
    everything: bool,
    schema_id: int | None,
    value_file: Path | None,
    force: bool,
    as_json: bool,
) -> int:
    """Write letters back into the topic they came from. Nothing is written when one of them could not be decoded again."""
    if bool(identities) == everything:
        raise CdcError("which letters?", "name their ids, or --all")
    if value_file and len(identities) != 1:
        raise CdcError("--value-file is for one letter", "name one id")
    running = load(stack_name)
    written: list[str] = []
    for source in {letter.source for letter in chosen(dead_letters.read(running), identities, everything)}:
        written += redrive(running, source, identities, everything, repair(schema_id, value_file), force)
    if as_json:
        data({"redriven": written})
    else:
        say(f"{len(written)} written back" + (f": {', '.join(written[:10])}" if written else "; nothing was waiting"))
    return 0


def repair(schema_id: int | None, value_file: Path | None) -> "Repair":
    """What is changed about a record before it is written."""
    try:
        return Repair(schema_id, value_file.read_bytes() if value_file else None)
    except OSError as error:
        raise CdcError(f"{value_file} cannot be read: {error.strerror}") from error


class Repair:
    """Another schema id in the record's first five bytes, or other bytes altogether."""

    def __init__(self, schema_id: int | None, value: bytes | None) -> None:
        self.schema_id, self.value = schema_id, value

    def __call__(self, letter: Letter) -> bytes:
        """The bytes to write."""
        value = letter.value if self.value is None else self.value
        return value if self.schema_id is None else b"\0" + self.schema_id.to_bytes(4, "big") + value[5:]


def chosen(found: list[Letter], identities: Sequence[str], everything: bool) -> list[Letter]:
    """The letters to write back: those of the ids, or all that wait. A letter that was written back is an error by id."""
    if everything:
        return list(dead_letters.waiting(found))
    picked = [dead_letters.pick(found, identity) for identity in identities]
    if done := [letter.id for letter in picked if letter.redriven]:
        raise CdcError(f"already written back: {', '.join(done)}", "nothing was written now")
    return picked


def redrive(
    stack: Stack, source: str, identities: Sequence[str], everything: bool, repaired: Repair, force: bool
) -> list[str]:
    """One transaction for a source's letters. Another run at the same time is fenced off before it can commit."""
    topic = dead_letters.sources(stack, source)[0].dead_letter_topic
    producer = Producer(
        {**kafka.kafka_config(stack, "redriver"), "transactional.id": f"cdc-redrive-{topic}", "linger.ms": 5}
    )
    try:
        producer.init_transactions(SECONDS)
        # Read again behind the fence: what an earlier run committed is seen, what it left open is taken back.
        ours = [letter for letter in dead_letters.read(stack, source) if everything or letter.id in identities]
        wanted = chosen(ours, [letter.id for letter in ours], everything)
        values = {letter.id: decodable(stack, letter, repaired(letter), force) for letter in wanted}
        producer.begin_transaction()
        for letter in wanted:
            headers: Any = {**letter.headers, "cdc-redriven-from": letter.id.encode()}
            producer.produce(letter.topic, values[letter.id], letter.key, headers=headers)
            producer.produce(topic, None, letter.id.encode(), partition=0)
        producer.commit_transaction(SECONDS)
    except KafkaException as error:
        raise CdcError(f"nothing was written back: {error.args[0].str()}", "run the same command again") from error
    return [letter.id for letter in wanted]


def decodable(stack: Stack, letter: Letter, value: bytes, force: bool) -> bytes:
    """The bytes, when the stack's readers can decode them now. CdcError otherwise, unless it is forced."""
    try:
        registry.Decoder(stack, "operator").part(value)
    except Exception as error:  # a decoder fails in many ways; all of them mean that it would come back
        if not force:
            raise CdcError(
                f"{letter.id} can still not be decoded: {type(error).__name__}: {str(error)[:200]}",
                "mend it: --schema-id N, --value-file FILE; or register its schema; --force writes it all the same",
            ) from error
    return value
