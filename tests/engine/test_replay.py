"""A span of the past, again: exactly the rows that were committed in it, into a topic of its own, and gone again afterwards."""

import json
from datetime import UTC, datetime

import pytest

from bench.ledger.checkout import Checkout
from cli.client import stack as stacks
from cli.client import wait
from cli.client.stack import Stack
from tests.support import ledger
from tests.support.changes import counts
from tests.support.doctor import sent

pytestmark = pytest.mark.engine


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def test_exactly_the_rows_of_the_span(running: Stack, checkout: Checkout) -> None:
    before = sent(40, "CarCreated")
    begin = now()
    wanted, others = sent(30, "CarCreated"), sent(20, "LoanCreated")
    end = now()
    later = sent(25, "CarCreated")
    ledger.all_arrived(running, before | wanted | others | later, 60)
    done = checkout.cdc("replay", "car-created", "--from", begin, "--to", end, "--write", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["records"] == len(wanted)
    checkout.up()
    topic = told["route"]["topic"]
    replayed = stacks.load("local")
    assert topic in {route.topic for route in replayed.contract.routes}
    assert "car-created-replay-consumer" in {consumer.name for consumer in replayed.contract.consumers}
    wait.wait_for(lambda: set(counts(replayed, [topic])[topic]) == wanted, 60, "the replay")
    assert set(counts(replayed, [topic])[topic].values()) == {1}
    for _ in range(2):  # retired first, since somebody may read it
        assert checkout.cdc("replay", "car-created", "--end").returncode == 0
        checkout.up()
    assert topic not in {route.topic for route in stacks.load("local").contract.routes}
    more = sent(10, "CarCreated")
    ledger.all_arrived(running, more, 60)
