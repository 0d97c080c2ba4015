"""Ten interruptions at random moments, in an environment of their own, under load: the same command again converges.

`python -m bench.interrupt` is the long form.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.engine.conftest import PORTS
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine
POINTS = {"first": 1, "changes": 5, "downs": 2, "destroys": 2}
SEED = 20261127


def test_ten_interruptions_converge_and_no_event_is_lost() -> None:
    counts = [word for name, count in POINTS.items() for word in (f"--{name}", str(count))]
    command = [
        sys.executable,
        "-m",
        "bench.interrupt",
        *counts,
        "--seed",
        str(SEED),
        "--port-base",
        str(int(PORTS) + 50),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-3000:]
    found = json.loads(done.stdout)
    assert (found["points"], found["not_converged"]) == (10, 0)
    assert found["events"]["clean"]
    assert found["events"]["events"] > 500
