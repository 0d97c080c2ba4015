"""What the four consumers do with a record: a line in the log, and, with a sink, an effect that happens once."""

import logging

from examples.consumer.records import Record
from examples.consumer.sink import Sink

log = logging.getLogger("work")


def shown(record: Record, sink: Sink | None) -> None:
    """The event, as people read it."""

    def line() -> None:
        value = record.value
        created = value.get("created_date") or "-"
        log.info("%s  %s  created %s  at %s", value.get("event_type"), value.get("id"), created, record.place)

    if sink is None or sink.once(record, lambda _: None):
        line()
    else:
        log.info("%s was worked on before", record.place)
