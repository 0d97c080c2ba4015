"""A local environment for each worker of the run, beside whatever else runs on this machine: its own folder and ports.

Two workers share the files; most of a file's time is waiting for engines.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bench.ledger.checkout import Checkout
from cli.client import stack as stacks
from cli.client.stack import Stack, local_dsn
from tests.support.cdc import cdc
from tests.support.paths import ROOT

BASE = int(os.environ.get("CDC_TEST_PORT_BASE", "23700"))
PORTS = str(BASE + 100 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")))
HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cdc-engine-tests-"))
    # A shell's background job ignores Ctrl-C, and so would every program that is started here and sent one.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ |= {"CDC_HOME": str(folder / "home"), "CDC_PORT_BASE": PORTS, "PYTHONPATH": str(ROOT)}
    yield folder / "home"
    logs = folder / "home" / "logs"
    if logs.exists() and (kept := os.environ.get("CDC_KEEP_LOGS")):
        shutil.copytree(logs, kept, dirs_exist_ok=True)
    cdc("down", "--purge")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def running(home: Path) -> Stack:
    """The environment, up; its contract and keys."""
    done = cdc("up")
    assert done.returncode == 0, done.stderr
    assert "20 rows were written before the connector exists" in done.stderr
    return stacks.load("local")


@pytest.fixture(scope="module")
def checkout(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A copy whose files may be changed, applied to the running environment; at the end everything is as it was."""
    found = Checkout(tmp_path_factory.mktemp("changes"), None)
    yield found
    (found.root / "routes.yaml").write_text((ROOT / "routes.yaml").read_text())
    found.up()
    with psycopg.connect(local_dsn(running, "postgres")) as connection:
        connection.execute("ALTER TABLE event_headers DROP COLUMN IF EXISTS medium")


# An environment is used by many files: what looks at it comes before what changes it, and what ends it comes last.
# Files that are not named here run between both. Each file can also be run alone. Long ones begin early, so that the workers end
# together. Interruptions and rehearsals have environments of their own.
PHASES = {
    "test_environment": 0,
    "test_interruptions": 0,
    "test_rehearse": 0,
    "test_cloud_api": 1,
    "test_joining_sources": 2,
    "test_restarts": 2,
    "test_bulk_load": 3,
    "test_large_rows": 3,
    "test_rotation": 5,
    "test_many_routes": 6,
    "test_changes": 7,
    "test_deploy_guide": 8,
    "test_destroy": 9,
}
BETWEEN = 4


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the order of the phases, whatever the files are called."""
    items.sort(key=lambda item: PHASES.get(item.path.stem, BETWEEN) if HERE in item.path.parents else -1)
