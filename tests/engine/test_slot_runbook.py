"""docs/runbooks/slot.md, run: the slot is gone with rows after it, its commands bring them, each once."""

import re
import shlex
import time

import pytest

from cli.client import wait
from cli.client.stack import Stack
from tests.support import ledger
from tests.support.bulk import commit, rows
from tests.support.cdc import cdc
from tests.support.doctor import alone
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine


def commands() -> list[list[str]]:
    """The lines of the runbook's block, without their remarks."""
    text = (ROOT / "docs" / "runbooks" / "slot.md").read_text()
    (block,) = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    return [shlex.split(line, comments=True) for line in block.splitlines()]


def test_a_lost_slot_loses_no_row(running: Stack) -> None:
    prefix = f"slot-{time.time_ns()}-"
    before, after = rows(2000, prefix + "a-"), rows(2000, prefix + "b-")
    commit(running, before)
    ledger.all_arrived(running, {identity for identity, *_ in before}, 120)
    assert cdc("connector", "pause").returncode == 0
    slot = running.contract.database.slot
    wait.wait_for(lambda: alone(running, f"SELECT pg_drop_replication_slot('{slot}')"), 60, "the slot's loss")
    commit(running, after)
    for command in commands():
        done = cdc(*command[1:])
        assert done.returncode == 0, done.stdout + done.stderr
    wanted = {identity for identity, *_ in [*before, *after]}
    counts = ledger.all_arrived(running, wanted, 120).counts
    seen = {identity: sum(topic[identity] for topic in counts.values()) for identity in wanted}
    assert set(seen.values()) == {1}
    more = rows(100, prefix + "c-")
    commit(running, more)
    ledger.all_arrived(running, {identity for identity, *_ in more}, 120)
