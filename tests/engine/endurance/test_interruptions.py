"""Ten interruptions at random moments, in an environment of their own, under load: the same command again converges.

`python -m bench.interrupt` is the long form.
"""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.engine.conftest import PORTS
from tests.support.paths import ROOT

pytestmark = pytest.mark.endurance
POINTS = {"first": 1, "changes": 5, "downs": 2, "destroys": 2, "surroundings": 0}
SEED = 20261127


@pytest.mark.timeout(1500)  # ten commands twice, each of which waits for engines that were killed
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
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as bench:
        try:
            out, said = bench.communicate()
        finally:
            bench.send_signal(signal.SIGINT)  # only where the test was given up: it ends its environment
    assert bench.returncode == 0, said[-3000:] + out[-3000:]
    found = json.loads(out)
    assert (found["points"], found["not_converged"]) == (10, 0)
    assert found["events"]["clean"]
    assert found["events"]["events"] > 500
