"""`cdc tail`: decoded records of a route, or of a raw or unrouted topic."""

import json
from typing import Any

from confluent_kafka import Message, TopicPartition
from rich.markup import escape

from cli.client import kafka, recent, registry, stack
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
        *(c.dead_letter_topic for c in contract.consumers if c.dead_letter_topic),
    }
    if name not in known and name not in topics:
        raise CdcError(f"there is no route or topic {name!r}", f"known: {', '.join(known)}")
    return known.get(name, name)


def run(name: str, most: int | None, from_beginning: bool, stack_name: str, as_json: bool) -> int:
    """Print records as they come. With `most`, begin with the last ones there are and end after so many."""
    running = stack.load(stack_name)
    topic = topic_of(running.contract, name)
    decoder = registry.Decoder(running, "operator")
    client = kafka.reader(running, "operator")
    if not as_json:
        say(
            f"{topic}: "
            + (f"the last {most} records" if most and not from_beginning else "waiting for records, Ctrl-C ends")
        )
    try:
        found = recent.newest(client, topic, most) if most and not from_beginning else []
        if not found:
            at = {place: both[not from_beginning] for place, both in recent.bounds(client, topic).items()}
            client.assign([TopicPartition(*place, offset) for place, offset in at.items()])
        for message in found:
            show(*decoder.readable(message), message, as_json)
        follow(client, decoder, None if most is None else most - len(found), as_json)
    except KeyboardInterrupt:
        return 0
    finally:
        client.close()
    return 0


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
