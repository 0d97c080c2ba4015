"""`cdc generate`: events by the schemas of schemas/events, as requests for the events API."""

import json
import random
import sys

from cli.commands.send import Batch
from cli.traffic.sizes import bytes_of, padded


def run(batch: Batch, size: str) -> int:
    """Bodies for `POST /api/v1/events`, a line each."""
    wanted = bytes_of(size)
    chance = random.Random(batch.seed)  # noqa: S311 - sample data
    for event in batch.events():
        sys.stdout.write(json.dumps(padded(event.body, wanted, chance)) + "\n")
    return 0
