"""`kill -9` of any one engine while events flow: all comes back by itself, and no committed event is lost."""

import contextlib
import json
import os
import signal
import threading
import time

import httpx2
import pytest

from cli.client import wait
from cli.client.stack import Stack
from cli.traffic.events import Factory
from cli.traffic.sender import sender
from cli.traffic.writer import Sent
from local.environment import Instance
from tests.support import ledger
from tests.support.engines import engine

pytestmark = pytest.mark.endurance
ENGINES = ("taskmanager", "jobmanager", "gateway", "connect", "registry", "kafka", "postgres", "cloud", "aws")
# Connect's own offsets are written once a second: after a crash it reads that second again. Where only its task starts again, since the
# registry or the database was away, it repeats the rows of one position: here one row each time (docs/local-parity.md).
REPEATED = {"connect": 3000, "registry": 10, "postgres": 10}


def send(stack: Stack, result: list[Sent]) -> None:
    events = Factory(int(time.time() * 1000)).mixed(3000)
    result.append(sender(stack).send(events, rate=500))


@pytest.mark.parametrize("name", ENGINES)
def test_every_event_arrives_although_it_was_killed(running: Stack, name: str) -> None:
    sent: list[Sent] = []
    before, worker, patience = engine(name), engine("connect")["pid"], out_of_patience()
    sending = threading.Thread(target=send, args=(running, sent))
    started = ledger.read(running, ["raw-event-headers"]).counts["raw-event-headers"].total()
    sending.start()
    wait.wait_for(lambda: ledger.raw_count(running) > started + 500, 60, "the flow of events")
    os.kill(before["pid"], signal.SIGKILL)
    sending.join(120)
    assert sent, "the events could not be written"
    wait.wait_for(lambda: engine(name)["state"] == "ready", 120, f"the return of {name}")
    assert engine(name)["pid"] != before["pid"]
    seen = ledger.all_arrived(running, set(sent[0].commits), 300)
    counts = [n for topic in seen.counts.values() for i, n in topic.items() if i in sent[0].commits]
    assert len(counts) == 3000
    # A broker that was away for longer than Connect's patience costs the task, if not the worker: the next reads a second again.
    same = engine("connect")["pid"] == worker and out_of_patience() == patience
    assert sum(counts) - len(counts) <= REPEATED.get(name if same else "connect", 0)


def out_of_patience() -> int:
    """How often the worker has given up its tasks since it could not find its group's coordinator."""
    return (Instance.here().folder("logs") / "connect.log").read_text().count("worker poll timeout has expired")


def test_schemas_that_were_answered_for_are_there_after_a_kill(running: Stack) -> None:
    address = Instance.here().url("registry") + "/apis/ccompat/v7/subjects"
    subjects = [f"kept-{n}" for n in range(20)]
    before = engine("registry")
    schema = json.dumps({"type": "record", "name": "kept", "fields": []})
    try:
        for subject in subjects:
            httpx2.post(
                f"{address}/{subject}/versions", json={"schema": schema}, trust_env=False, timeout=60
            ).raise_for_status()
        os.kill(before["pid"], signal.SIGKILL)
        wait.wait_for(lambda: engine("registry")["pid"] not in (None, before["pid"]), 120, "another registry")
        wait.wait_for(lambda: engine("registry")["state"] == "ready", 120, "the return of the registry")
        assert set(subjects) <= set(httpx2.get(address, trust_env=False, timeout=60).raise_for_status().json())
    finally:
        for subject in subjects:
            httpx2.delete(f"{address}/{subject}", trust_env=False, timeout=60)


def test_a_task_that_could_not_be_stopped_does_not_keep_its_slot(running: Stack) -> None:
    """The broker holds still while the connector is restarted under load: its task cannot write down where it was, is given up, and would
    read on beside the next one."""
    sent: list[Sent] = []
    sending = threading.Thread(target=send, args=(running, sent))
    started = ledger.raw_count(running)
    broker, worker = engine("kafka"), engine("connect")["pid"]
    sending.start()
    wait.wait_for(lambda: ledger.raw_count(running) > started + 200, 60, "the flow of events")
    os.kill(broker["pid"], signal.SIGSTOP)
    try:
        asked = threading.Thread(target=restart_task, args=(running,))
        asked.start()
        wait.wait_for(lambda: engine("connect")["pid"] not in (None, worker), 90, "another worker")
    finally:
        os.kill(broker["pid"], signal.SIGCONT)
    asked.join(90)
    sending.join(120)
    assert sent
    seen = ledger.all_arrived(running, set(sent[0].commits), 300)
    assert sum(i in sent[0].commits for topic in seen.counts.values() for i in topic) == 3000


def restart_task(running: Stack) -> None:
    """Ask the worker, which may be gone before it answers."""
    here = Instance.here()
    address = f"{here.url('connect')}/connectors/{running.contract.connector.name}/tasks/0/restart"
    with (
        contextlib.suppress(httpx2.HTTPError),
        httpx2.Client(verify=here.certificates.context, trust_env=False, timeout=90) as http,
    ):
        http.post(address)
