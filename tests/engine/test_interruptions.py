"""Ten interruptions at random moments, under load: the same command again converges. `python -m bench.interrupt` is the long form."""

import random

import pytest

from bench.interrupt.rounds import CHANGE, DOWN, Versions, rounds
from bench.ledger.__main__ import settle
from bench.ledger.checkout import Checkout
from bench.ledger.configuration import initial
from bench.ledger.load import Load
from cli.client import stack
from cli.client.stack import Stack

pytestmark = pytest.mark.engine
SEED = 20261127


def test_ten_interruptions_converge_and_no_event_is_lost(running: Stack, checkout: Checkout) -> None:
    dice = random.Random(SEED)  # noqa: S311 - a schedule
    versions = Versions(checkout, initial(), dice)
    checkout.up()
    load = Load(stack.local_dsn(running, "events_api"), 50, SEED, versions.all[0].table, bulk=True)
    log = rounds(checkout, CHANGE, 8, dice, versions.another)
    log += rounds(checkout, DOWN, 2, dice, lambda _: None)
    load.stop()
    assert [entry for entry in log if entry["problems"]] == []
    assert not load.problem
    topics = {f"filtered-{name}" for version in versions.all for name in version.rules}
    report = settle(topics, load, versions.all)
    assert report.clean, report.data()
    assert report.events > 1000
