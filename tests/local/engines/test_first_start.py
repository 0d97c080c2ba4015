"""What a first start left half-made is thrown away; what was in use never is."""

import sys
from pathlib import Path

import pytest

from local.engines import first_start
from local.engines.supervisor import Supervisor
from tests.local.engines.test_supervisor import engine, supervised, until

# Makes its data in two steps, is killed between them the first time, and does not start from half of them: as initdb and others.
TWO_STEPS = """
import http.server, os, pathlib, signal, sys
data, power = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
if (data / "half").exists() and not (data / "whole").exists():
    sys.exit("half of my data is missing")
(data / "half").touch()
if not power.exists():
    power.touch()
    os.kill(os.getpid(), signal.SIGKILL)
(data / "whole").touch()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.BaseHTTPRequestHandler).serve_forever()
"""


def test_half_of_a_first_start_is_made_again_and_data_in_use_stays(tmp_path: Path) -> None:
    one = engine("registry", tmp_path, 23961)
    one.command[:] = [sys.executable, "-c", TWO_STEPS, "23961", str(one.data), str(tmp_path / "power")]

    async def work(supervisor: Supervisor) -> None:
        await until(supervisor, "registry", "ready")
        running = supervisor.running["registry"]
        assert running.restarts == 1
        (one.data / "rows").write_text("somebody's")
        assert running.process
        running.process.kill()
        await until(supervisor, "registry", "restarting")
        await until(supervisor, "registry", "ready")
        assert (one.data / "rows").read_text() == "somebody's"

    supervised(tmp_path, [one], work)


@pytest.mark.parametrize("ready_once", [True, False])
def test_only_a_marked_folder_goes(tmp_path: Path, ready_once: bool) -> None:
    data = tmp_path / "data" / "kafka"
    first_start.begin(data)
    (data / "meta.properties").touch()
    if ready_once:
        first_start.done(data)
    first_start.begin(data)
    assert (data / "meta.properties").exists() == ready_once


def test_a_folder_of_an_earlier_version_is_in_use(tmp_path: Path) -> None:
    data = tmp_path / "kafka"
    data.mkdir()
    (data / "meta.properties").touch()
    first_start.begin(data)
    assert (data / "meta.properties").exists()
