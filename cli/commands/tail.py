"""`cdc tail`: decoded records of a route, or of a raw or unrouted topic."""

import json
import time
from typing import Any

from confluent_kafka import Consumer, Message
from rich.markup import escape

from cli.client import kafka, registry, stack
from cli.client.stack import Stack
from cli.console import out, say
from stacks.contract import ContractV1
from stacks.errors import CdcError


def topic_of(contract: ContractV1, name: str) -> str:
    """A topic by route name, `raw`, `unrouted`, or its own name."""
    first = contract.sources[0]
    known = {r.name: r.topic for r in contract.routes} | {
        "raw": first.raw_topic,
        "unrouted": first.unrouted_topic,
        "dead-letters": first.dead_letter_topic,
    }
    topics = {
        *known.values(),
        *(s.raw_topic for s in contract.sources),
        *(s.unrouted_topic for s in contract.sources),
        *(s.dead_letter_topic for s in contract.sources),
    }
    if name not in known and name not in topics:
        raise CdcError(f"there is no route or topic {name!r}", f"known: {', '.join(known)}")
    return known.get(name, name)


def run(name: str, most: int | None, from_beginning: bool, stack_name: str, as_json: bool) -> int:
    """Print records as they come. With `most`, begin with the last ones there are and end after so many."""
    running = stack.load(stack_name)
    topic = topic_of(running.contract, name)
    decoder = registry.Decoder(running, "operator")
    client = reader(running, topic, most, from_beginning)
    if not as_json:
        say(
            f"{topic}: "
            + (f"the last {most} records" if most and not from_beginning else "waiting for records, Ctrl-C ends")
        )
    try:
        recent = existing(client, most) if most and not from_beginning else []
        for message in recent:
            show(*decoder.readable(message), message, as_json)
        follow(client, decoder, None if most is None else most - len(recent), as_json)
    except KeyboardInterrupt:
        return 0
    finally:
        client.close()
    return 0


def reader(running: Stack, topic: str, most: int | None, from_beginning: bool = False) -> Consumer:
    """A consumer at the place to begin at."""
    client = kafka.consumer(running, "operator", "cdc-tools-tail")
    places = kafka.partitions(client, topic)
    bounds = kafka.ends(client, topic)
    for place in places:
        low, high = bounds[place.partition]
        # Markers of transactions take offsets, too: look back far enough for `most` records.
        back = max(low, high - 4 * most - 20) if most else high
        place.offset = low if from_beginning else back
    client.assign(places)
    return client


def last(running: Stack, topic: str, most: int) -> list[Message]:
    """The newest `most` records of a topic, oldest first."""
    client = reader(running, topic, most)
    try:
        return existing(client, most)
    finally:
        client.close()


def existing(client: Any, most: int) -> list[Message]:
    """The newest `most` records that are there already, oldest first."""
    found: list[Message] = []
    idle = time.monotonic() + 2
    while time.monotonic() < idle:
        batch = [m for m in client.consume(1000, timeout=0.3) if m.error() is None]
        found += batch
        if batch:
            idle = time.monotonic() + 0.6
    found.sort(key=lambda m: (m.timestamp()[1], m.offset()))
    return found[-most:]


def follow(client: Any, decoder: registry.Decoder, left: int | None, as_json: bool) -> None:
    """Print new records until `left` are printed (None: for ever)."""
    while left is None or left > 0:
        message = client.poll(0.5)
        if message is None or message.error():
            continue
        show(*decoder.readable(message), message, as_json)
        left = None if left is None else left - 1


def readable(value: Any) -> str:
    """Bytes and times as text."""
    return value.hex() if isinstance(value, bytes) else str(value)


def show(key: Any, value: Any, message: Message, as_json: bool) -> None:
    """One record: a JSON line, or two lines for people."""
    if as_json:
        place = {"topic": message.topic(), "partition": message.partition(), "offset": message.offset()}
        record = {**place, "timestamp": message.timestamp()[1], "key": key, "value": value}
        print(json.dumps(record, default=readable), flush=True)
        return
    name = key["id"] if isinstance(key, dict) and "id" in key else key
    out.print(f"[bold]{escape(str(name or '-'))}[/bold]  partition {message.partition()} offset {message.offset()}")
    for field, content in (value or {"": "(deleted)"}).items():
        if content is not None:
            out.print(f"  {field:<14} {content}", markup=False, soft_wrap=True)
