"""From nothing to the first record: a consumer by `cdc consumer new`, and the contract's own by `cdc consumers up`."""

import signal
import subprocess
import threading
from collections.abc import Sequence

import pytest

from bench.ledger.checkout import Checkout
from cli.client.stack import Stack
from cli.client.wait import wait_for
from tests.support.doctor import sent

pytestmark = pytest.mark.engine
ROUTES = ("car-created", "loan-created")


@pytest.fixture(scope="module")
def written(running: Stack, checkout: Checkout) -> Checkout:
    """A checkout with a consumer of two routes, applied."""
    done = checkout.cdc("consumer", "new", "fleet-report", *(word for route in ROUTES for word in ("--route", route)))
    assert done.returncode == 0, done.stderr
    checkout.up()
    return checkout


def test_the_new_consumers_own_test_passes(written: Checkout) -> None:
    done = written.cdc("consumer", "test", "fleet-report")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_a_consumer_that_nobody_wrote(written: Checkout) -> None:
    done = written.cdc("consumer", "test", "fleet-nothing")
    assert (done.returncode, "consumers/fleet_nothing is not there" in done.stderr) == (1, True)
    done = written.cdc("consumers", "up", "fleet-nothing")
    assert (done.returncode, "has no consumer fleet-nothing" in done.stderr) == (1, True)


def seen(told: Sequence[str], identity: str) -> bool:
    return any(identity in line for line in told if line.startswith("fleet-report"))


@pytest.mark.parametrize(("names", "shown"), [((), 5), (("fleet-report", "loan-consumer"), 2)])
def test_they_run_side_by_side_until_they_are_stopped(written: Checkout, names: Sequence[str], shown: int) -> None:
    command = [str(written.root / "cdc"), "consumers", "up", *names]
    told: list[str] = []
    with subprocess.Popen(
        command, cwd=written.root, env=written.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as program:
        assert program.stdout
        reader = threading.Thread(target=told.extend, args=(program.stdout,))
        reader.start()
        wait_for(lambda: sum(" reads " in line for line in told) == shown, 60, "their beginning")
        ids = sent(10, "CarCreated", "LoanCreated")
        wait_for(lambda: all(seen(told, one) for one in ids), 60, "its records")
        program.send_signal(signal.SIGINT)
        reader.join(60)
    text = "".join(told)
    assert program.returncode == 0, text
    assert "Traceback" not in text
    assert text.count("everything that was done is committed") == shown
