"""From nothing to the first record: a consumer by `cdc consumer new`, and the contract's own by `cdc consumers up`."""

import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Sequence

import pytest
from confluent_kafka import Producer

from bench.ledger.checkout import Checkout
from cli.client import kafka, registry
from cli.client import stack as stacks
from cli.client.stack import Stack
from cli.client.wait import wait_for
from cli.commands.consumers.languages import LANGUAGES
from tests.support.doctor import sent
from tests.support.groups import begin_now

pytestmark = pytest.mark.engine
ROUTES = ("car-created", "loan-created")
TOPIC = "filtered-car-created-events"
STARTS = {
    "java": ["java", "-cp", "target/classes:target/dependency/*", "consumer.Main"],
    "typescript": ["node", "dist/main.js"],
}


def unless(language: str) -> pytest.MarkDecorator:
    """A language's toolchain is not everywhere."""
    missing = [program for program in LANGUAGES[language].needs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(missing), reason=f"{', '.join(missing)} is not installed")


@pytest.fixture(scope="module")
def written(running: Stack, checkout: Checkout) -> Checkout:
    """A checkout with a consumer of two routes in each language, applied."""
    routes = [word for route in ROUTES for word in ("--route", route)]
    for language in LANGUAGES:
        done = checkout.cdc("consumer", "new", f"fleet-{language}", *routes, "--language", language)
        assert done.returncode == 0, done.stderr
    checkout.up()
    begin_now(stacks.load("local"))
    return checkout


@pytest.mark.parametrize("language", [pytest.param(name, marks=unless(name)) for name in LANGUAGES])
def test_the_new_consumers_own_test_passes(written: Checkout, language: str) -> None:
    done = written.cdc("consumer", "test", f"fleet-{language}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[100%]" in done.stdout


def test_a_consumer_that_nobody_wrote(written: Checkout) -> None:
    done = written.cdc("consumer", "test", "fleet-nothing")
    assert (done.returncode, "consumers/fleet_nothing is not there" in done.stderr) == (1, True)
    done = written.cdc("consumers", "up", "fleet-nothing")
    assert (done.returncode, "has no consumer fleet-nothing" in done.stderr) == (1, True)


def seen(told: Sequence[str], identity: str) -> bool:
    return any(identity in line for line in told if line.startswith("fleet-python"))


@pytest.mark.parametrize(
    ("names", "shown", "how"), [((), 5, signal.SIGINT), (("fleet-python", "loan-consumer"), 2, signal.SIGTERM)]
)
def test_they_run_side_by_side_until_they_are_stopped(
    written: Checkout, names: Sequence[str], shown: int, how: signal.Signals
) -> None:
    command = [str(written.root / "cdc"), "consumers", "up", *names]
    told: list[str] = []
    with subprocess.Popen(
        command, cwd=written.root, env=written.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as program:
        assert program.stdout
        reader = threading.Thread(target=told.extend, args=(program.stdout,))
        reader.start()
        try:
            wait_for(lambda: sum(" reads " in line for line in told) == shown, 60, "their beginning")
            ids = sent(10, "CarCreated", "LoanCreated")
            wait_for(lambda: all(seen(told, one) for one in ids), 60, "its records")
            program.send_signal(how)
            reader.join(60)
        finally:
            program.terminate()
    text = "".join(told)
    assert program.returncode == 0, text
    assert "Traceback" not in text
    assert text.count("everything that was done is committed") == shown


@pytest.mark.parametrize("language", [pytest.param(name, marks=unless(name)) for name in ("java", "typescript")])
def test_poison_is_a_dead_letter_and_the_next_goes_on(written: Checkout, running: Stack, language: str) -> None:
    """It was built by its own test. (Last: consumers without a topic for dead letters stop at these.)"""
    producer, mark = Producer(kafka.local_admin_config()), f"{language} {time.time_ns()}".encode()
    for bad in (b"", b"not avro", None):
        producer.produce(TOPIC, bad, mark)
    producer.flush(10)
    told: list[str] = []
    connection = written.root / "connection.json"
    connection.write_text(written.cdc("env", "--json").stdout)
    folder = written.root / "consumers" / f"fleet_{language}"
    command = [*STARTS[language], "--connection", str(connection)]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as program:
        assert program.stdout
        reader = threading.Thread(target=told.extend, args=(program.stdout,))
        reader.start()
        ids = sent(10, "CarCreated")
        try:
            wait_for(lambda: all(any(one in line for line in told) for one in ids), 90, "the events after it")
        finally:
            program.terminate()
            reader.join(60)
    text = "".join(told)
    assert program.returncode == 0, text
    assert "is a dead letter after" in text
    now = stacks.load("local")
    topic = next(one.dead_letter_topic for one in now.contract.consumers if one.name == f"fleet-{language}")
    decoder = registry.Decoder(now, "operator")
    found = decoder.records(kafka.read_all(now, "operator", [topic]))
    letters = [value for _, _, value in found if value["key"] == mark]
    assert sorted(one["value"] or b"" for one in letters) == [b"", b"", b"not avro"]
    assert {one["topic"] for one in letters} == {TOPIC}
