"""examples/consumer on a running stack: killed, stopped, joined, held up and poisoned; each event's effect happens once."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import yaml
from confluent_kafka import Producer
from psycopg import sql

from bench.ledger.checkout import Checkout
from cli.client import kafka, registry
from cli.client import stack as stacks
from cli.client.stack import Stack, local_dsn
from cli.client.wait import wait_for
from cli.traffic.events import Factory
from cli.traffic.sender import sender
from tests.support import ledger
from tests.support.changes import document
from tests.support.engines import engine
from tests.support.groups import begin_now
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine
ROUNDS = 20
NAME, TOPIC = "car-consumer", "filtered-car-created-events"
SETTINGS = ROOT / "examples" / "consumer" / "cars.yaml"
CONSUMERS = {
    "cars": "CarCreated",
    "loans": "LoanCreated",
    "payments": "LoanPaymentSubmitted",
    "services": "CarServiceDone",
}


@pytest.fixture(scope="module")
def letters(running: Stack, checkout: Checkout) -> Stack:
    """The stack, whose car-consumer has a dead-letter topic."""
    business = document(checkout)
    next(one for one in business["consumers"] if one["name"] == NAME)["deadLetter"] = True
    (checkout.root / "routes.yaml").write_text(yaml.safe_dump(business, sort_keys=False))
    checkout.up()
    begin_now(now := stacks.load("local"))
    return now


@pytest.fixture(scope="module")
def connection(letters: Stack, checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("consumer") / "connection.json"
    file.write_text(checkout.cdc("env", "--json").stdout)
    return file


@pytest.fixture(autouse=True)
def nobody_left() -> Iterator[None]:
    """A member that a failed test left would keep its partitions from the next one's."""
    yield
    while STARTED:
        process = STARTED.pop()
        process.kill()
        process.wait(60)


STARTED: "list[subprocess.Popen[str]]" = []


@pytest.fixture
def database(running: Stack) -> Iterator[str]:
    """An empty database for the sink."""
    admin = local_dsn(running, "postgres")
    name = "sink"
    with psycopg.connect(admin, autocommit=True) as owner:
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield admin.rpartition("/")[0] + f"/{name}"
        owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def started(connection: Path, *more: str, settings: Path = SETTINGS) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "examples.consumer", str(settings), "--connection", str(connection), *more]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    STARTED.append(process)
    assert process.stdout
    assert " reads " in process.stdout.readline()  # from here on it ends as it should
    threading.Thread(target=drained, args=(process, told := list[str]()), daemon=True).start()
    LOGS[process.pid] = told
    return process


LOGS: dict[int, list[str]] = {}


def drained(process: "subprocess.Popen[str]", told: list[str]) -> None:
    """Nobody waits for a full pipe."""
    assert process.stdout
    told.extend(process.stdout)


def ended(process: "subprocess.Popen[str]", how: signal.Signals = signal.SIGTERM) -> str:
    process.send_signal(how)
    process.wait(60)
    return log_of(process)


def log_of(process: "subprocess.Popen[str]") -> str:
    """All of it, once it has ended."""
    wait_for(lambda: bool(LOGS[process.pid]), 10, "the log")
    told = "".join(LOGS[process.pid])
    assert "Traceback" not in told
    return told


def done(database: str, consumer: str = "") -> list[str]:
    """Ids whose effect happened, as often as it did; of one consumer, or of all."""
    with psycopg.connect(database) as reader:
        try:
            rows = reader.execute("SELECT record_id FROM consumed WHERE %(who)s IN ('', consumer)", {"who": consumer})
            return [row[0] for row in rows]
        except psycopg.errors.UndefinedTable:
            return []


class Rounds:
    """Members of the four consumers, of which one at a time is killed, stopped, joined or replaced."""

    def __init__(self, connection: Path, database: str) -> None:
        self.chance = random.Random(20261127)  # noqa: S311 - a schedule
        self.connection, self.own = connection, ("--database", database)
        self.members = {file: [self.one(file)] for file in CONSUMERS}

    def one(self, file: str, *more: str) -> "subprocess.Popen[str]":
        return started(self.connection, *self.own, *more, settings=SETTINGS.with_name(f"{file}.yaml"))

    def round(self, file: str) -> None:
        """What happens to one of a consumer's members; another one is there at its end."""
        members, what = self.members[file], self.chance.choice(("kill", "term", "join", "static"))
        if what == "join" and len(members) < 3:
            members.append(self.one(file))
            return
        gone = members.pop(self.chance.randrange(len(members)))
        if what == "kill":
            gone.kill()
            gone.wait(60)
        else:
            assert "everything that was done is committed" in ended(gone)
            assert gone.returncode == 0
        if not members:
            members.append(self.one(file, *(("--instance", file) if what == "static" else ())))

    def end(self) -> None:
        for member in (one for some in self.members.values() for one in some):
            member.terminate()
            member.wait(60)


def test_twenty_rounds_lose_nothing_and_do_nothing_twice(letters: Stack, connection: Path, database: str) -> None:
    """Five for each of the four consumers, side by side."""
    sent, stop = list[Any](), threading.Event()

    def flow() -> None:
        made = Factory(time.time_ns()).mixed(100_000, tuple(CONSUMERS.values()))
        events = iter(lambda: None if stop.is_set() else next(made), None)
        sent.append(sender(letters, 2).send(events, rate=30))

    sending = threading.Thread(target=flow)
    sending.start()
    rounds = Rounds(connection, database)
    try:
        for number in range(ROUNDS):
            file = list(CONSUMERS)[number % len(CONSUMERS)]
            name = yaml.safe_load(SETTINGS.with_name(f"{file}.yaml").read_text())["name"]
            before = len(done(database, name))
            wait_for(lambda who=name, known=before: len(done(database, who)) > known, 60, "work")
            rounds.round(file)
        stop.set()
        sending.join(60)
        ids = set(sent[0].commits)
        wait_for(lambda: ids <= set(done(database)), 180, "the last events")
    finally:
        stop.set()
        rounds.end()
    found = [one for one in done(database) if one in ids]
    assert len(found) == len(set(found)) == len(ids) > 100


def letters_of(running: Stack) -> list[dict[str, Any]]:
    decoder = registry.Decoder(running, "operator")
    topic = next(one.dead_letter_topic for one in running.contract.consumers if one.name == NAME)
    return [decoder.part(message.value()) for message in kafka.read_all(running, "operator", [topic])]


def test_poison_goes_aside_and_the_next_goes_on(letters: Stack, connection: Path, database: str) -> None:
    known = len(letters_of(letters))
    producer = Producer(kafka.local_admin_config())
    kinds = [b"", b"not avro", b"\0\0\0\x0f\xff\x01", None, b"\0\0\0\0\x01" + b"\xff" * 20]
    for bad in kinds:
        producer.produce(TOPIC, bad, b"x")
    producer.flush(10)
    member = started(connection, "--database", database)
    try:
        wait_for(lambda: len(letters_of(letters)) == known + len(kinds), 60, "dead letters")
        events = list(Factory(time.time_ns()).mixed(10, ("CarCreated",)))
        sender(letters, 1).send(events, 0)
        wait_for(lambda: {event.id for event in events} <= set(done(database)), 60, "the events after it")
    finally:
        told = ended(member)
    assert "is a dead letter after 1 attempts" in told
    found = letters_of(letters)[known:]
    assert sorted(one["value"] or b"" for one in found) == sorted(kind or b"" for kind in kinds)
    assert {one["topic"] for one in found} == {TOPIC}
    assert all(one["error"] for one in found)


def test_a_registry_that_is_away_costs_time_alone(letters: Stack, connection: Path, database: str) -> None:
    known = len(letters_of(letters))
    process = psutil.Process(engine("cloud")["pid"])  # it serves the registry
    events = list(Factory(time.time_ns()).mixed(10, ("CarCreated",)))
    sender(letters, 1).send(events, 0)
    ledger.all_arrived(letters, {event.id for event in events}, 60)
    process.suspend()
    member = started(connection, "--database", database)
    try:
        wait_for(lambda: any("waiting: registry" in line for line in LOGS[member.pid]), 90, "a word of it")
    finally:
        process.resume()
    wait_for(lambda: {event.id for event in events} <= set(done(database)), 90, "the events")
    ended(member)
    assert len(letters_of(letters)) == known


def test_work_that_never_succeeds_without_a_place_for_it(letters: Stack, connection: Path, tmp_path: Path) -> None:
    """It stops, with exit code 1, and commits nothing of it: the next start begins there."""
    settings = tmp_path / "loans.yaml"
    settings.write_text("name: loan-consumer\nwork: json:loads\nattempts: 2\nbackoff: 0.01\n")
    sender(letters, 1).send(list(Factory(time.time_ns()).mixed(3, ("LoanCreated",))), 0)
    for _ in range(2):
        member = started(connection, settings=settings)
        assert member.wait(60) == 1
        told = log_of(member)
        assert "nothing after it is read (deadLetter: true in routes.yaml gives it a topic)" in told
    assert json.loads(connection.read_text())["consumers"]["loan-consumer"]["deadLetterTopic"] == ""
