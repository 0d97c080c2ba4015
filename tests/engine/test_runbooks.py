"""Every command of the runbooks and of docs/operate.md, typed on a running stack as the pages have it."""

import json
import subprocess
import time
from pathlib import Path

import pytest

from bench.ledger.checkout import Checkout
from cli.client import dead_letters, wait
from cli.client.stack import Stack
from tests.cli.docs.test_commands_in_pages import commands
from tests.engine.test_dead_letters import write
from tests.support.doctor import healthy_again, sent
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine
PAGES = [*sorted((ROOT / "docs" / "runbooks").glob("*.md")), ROOT / "docs" / "operate.md"]
# What ends the environment, or has no end, is typed by another test.
ELSEWHERE = {
    "canary run --every 60": "test_canary",
    "demo": "test_destroy",
    "down": "test_destroy",
    "down --purge": "conftest",
    "pulumi destroy": "test_destroy",
    "statements restore": "test_doctor",  # where one is lost
}
# The letter here can never be decoded: nothing is written back, and the command says why.
REFUSED = ("dead-letters redrive ID", "dead-letters redrive --all --schema-id 1")


def typed() -> list[str]:
    """Each once, in the order of the pages; what is paused goes on."""
    found = list(dict.fromkeys(" ".join(words) for page in PAGES for words in commands(page.read_text())))
    found.remove("connector pause")
    found.insert(found.index("connector resume"), "connector pause")
    return [command for command in found if command not in ELSEWHERE]


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def reader(running: Stack, checkout: Checkout) -> Checkout:
    """Whoever reads the pages: with a history, an event to explain, and rows that came."""
    git(checkout.root, "init", "--initial-branch=main")
    for message in ("one", "two"):
        git(checkout.root, "add", "-A")
        git(checkout.root, "commit", "--allow-empty", "--message", message)
    sent(300)  # among so many one dead letter is no flood
    row = {"id": "1", "event_name": "x", "event_type": "CarCreated", "created_date": None, "saved_date": None}
    (checkout.root / "x.json").write_text(json.dumps({**row, "header_data": "{}"}))
    healthy_again()
    return checkout


@pytest.fixture(scope="module")
def letter(running: Stack) -> str:
    """The id of a dead letter."""
    mark = f"runbook {time.time_ns()}"
    write(running, running.contract.sources[0].raw_topic, {(0, b"k"): b"not Avro"}, mark)

    def found() -> list[str]:
        letters = dead_letters.read(running)
        return [one.id for one in letters if mark.encode() in one.headers.values()]

    wait.wait_for(lambda: bool(found()), 60, "the dead letter")
    return found()[0]


@pytest.mark.parametrize("command", typed())
def test_a_command_of_a_page(reader: Checkout, letter: str, command: str) -> None:
    values = {"ID": letter, "SOURCE": "event-headers", "prod": "local"}  # the stack that is here
    words = [values.get(word, word) for word in command.split()]
    own = ["--yes", "--skip-preview"] if words[0] == "pulumi" else []
    if words[0] == "doctor":
        healthy_again()
    done = reader.cdc(*words, *own)
    assert done.returncode == (command in REFUSED), done.stdout + done.stderr
    if command in REFUSED:  # of all that wait, whichever comes first
        assert "can still not be decoded" in done.stderr
        assert letter in done.stderr or "--all" in words
    else:
        assert done.stdout or done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_what_is_typed_elsewhere_is_typed_there() -> None:
    for command, name in ELSEWHERE.items():
        text = (ROOT / "tests" / "engine" / f"{name}.py").read_text()
        assert all(word in text for word in command.split()[:2]), command
