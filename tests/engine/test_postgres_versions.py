"""Catalog check and migrator on every version of PostgreSQL that is supported: their own tests, on another server."""

import os
import platform
import subprocess
import sys

import pytest

from tests.support import postgres_versions
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine
FILES = ("tests/functions/test_catalog.py", "tests/functions/test_migrator.py")


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="other versions come for Linux on x86-64"
)
@pytest.mark.parametrize("version", sorted(postgres_versions.VERSIONS))
def test_a_version(version: str) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-n", "0", "--no-header", *FILES]
    environment = {**os.environ, "CDC_TEST_POSTGRES": version}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
