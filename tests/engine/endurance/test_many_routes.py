"""A set of many routes: every event exactly once on its own topic, also while the set is replaced."""

import threading
import time
from collections import Counter

import pytest

from bench.ledger.checkout import Checkout
from cli.client.stack import Stack
from tests.support import ledger
from tests.support.bulk import commit, rows
from tests.support.changes import apply, counts, document

pytestmark = pytest.mark.endurance
ROUTES = 40
KINDS = tuple(f"Many{number}" for number in range(ROUTES + 1))


def many(number: int) -> dict[str, object]:
    """A route; every fourth shows its id as a hash, so that not all topics can be written alike."""
    masked = {"columns": {"mask": {"event_name": "hash"}}} if number % 4 == 0 else {}
    when = {"field": "event_type", "equals": f"Many{number}"}
    return {
        "name": f"many-{number}",
        "source": "event-headers",
        "topic": f"filtered-many-{number}",
        "when": when,
    } | masked


def test_events_of_many_routes_come_once_while_their_set_is_replaced(running: Stack, checkout: Checkout) -> None:
    business = document(checkout)
    business["routes"] += [many(number) for number in range(ROUTES)]
    before = apply(checkout, business)
    made = rows(ROUTES * 100, f"many-{time.time_ns()}-", KINDS)
    sender = threading.Thread(target=lambda: commit(before, made, batch=20))
    sender.start()
    business["routes"].append({**many(ROUTES), "start": "latest"})
    business["routes"][-2]["columns"] = {"drop": ["event_name"]}
    after = apply(checkout, business)
    sender.join()
    replaced = before.contract.flink.statements["event-headers"]
    assert after.contract.flink.statements["event-headers"] != replaced
    ledger.all_arrived(after, {identity for identity, *_ in made}, 120)
    topics = [f"filtered-many-{number}" for number in range(ROUTES)]
    found = counts(after, topics)
    for number, topic in enumerate(topics):
        assert found[topic] == Counter(identity for identity, kind, _ in made if kind == f"Many{number}"), topic
