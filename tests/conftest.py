"""Golden files: one reviewable file each, in tests/golden. `--update-golden` rewrites them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.support.fakes import cloud
from tests.support.golden import Golden
from tests.support.paths import ROOT
from tests.support.recorder import record

STACKS = ("local", "dev", "prod")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden from what is made now")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def graphs(shared: Path) -> dict[str, dict[str, Any]]:
    """The recorded graph of each stack, built once for all workers, each in a process of its own."""
    file = shared / "graphs.json"
    with FileLock(f"{file}.lock"):
        if not file.exists():
            file.write_text(json.dumps(dict(zip(STACKS, record([(ROOT, stack, {}) for stack in STACKS]), strict=True))))
    return json.loads(file.read_text())


@pytest.fixture(scope="module")
def fake_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cloud.Running]:
    """The local Confluent Cloud, with an environment, a cluster and an account in it, on engines that only remember."""
    with cloud.serve(tmp_path_factory.mktemp("cloud")) as running:
        cloud.populate(running)
        yield running
