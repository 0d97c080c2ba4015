"""Topics whose `read_committed` readers stand still: a transaction that was opened long ago, and that nobody ends.

Its records, and all that came after them, are on the topic and cannot be read (docs/runbooks/held-readers.md).
"""

from collections import Counter
from collections.abc import Iterable

from confluent_kafka.admin import OffsetSpec

from cli.client.offsets import Offsets, Places

LONGEST = 180  # seconds: the service commits its transactions each minute, local statements each second


def held(offsets: Offsets, topics: Iterable[str], ends: Places, now: float) -> dict[str, int]:
    """Per topic, the partitions with a record of more than `LONGEST` seconds ago that cannot be read yet."""
    names = list(topics)
    readable = offsets.of(names, OffsetSpec.latest(), committed=True)
    young = offsets.of(names, OffsetSpec.for_timestamp(int((now - LONGEST) * 1000)))
    return dict(Counter(topic for topic, _ in stuck(readable, young, ends)))


def stuck(readable: Places, young: Places, ends: Places) -> Iterable[tuple[str, int]]:
    """Places that can be read up to `readable`, where an older record than the first `young` one (-1: there is none) comes next."""
    for place, end in readable.items():
        first_young = young.get(place, -1)
        if end < min(ends.get(place, end), first_young if first_young >= 0 else ends.get(place, end)):
            yield place
