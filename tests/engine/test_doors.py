"""Nobody without a key or a certificate of the environment is heard, on any port that any engine listens on."""

import stat
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import pytest

from cli.client.stack import Stack
from local.engines import client
from local.environment import MUTUAL_TLS, PORTS, Instance

pytestmark = pytest.mark.engine
# They ask for passwords or keys themselves, which other tests try.
OWN_SIGN_IN = {"postgres", "pgbouncer", "kafka", "kafka_internal", "kafka_controller", "cloud", "aws"}
# Serves schemas to whoever is on this machine: docs/security.md.
OPEN = {"registry", "registry_management"}


def listening() -> Iterator[tuple[str, str, int]]:
    """Engine, address and port of everything that the environment listens on."""
    pids = {e["name"]: e["pid"] for e in client.engines(Instance.here()) or []}
    for name, pid in pids.items():
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            for connection in one.net_connections("inet"):
                if connection.status == psutil.CONN_LISTEN:
                    yield name, connection.laddr[0], connection.laddr[1]


def closed_to_strangers(port: int) -> bool:
    """Does it refuse plain text, and a TLS client without a certificate?"""
    for scheme in ("http", "https"):
        try:
            answer = httpx2.get(f"{scheme}://127.0.0.1:{port}/", trust_env=False, verify=False, timeout=5)
        except httpx2.HTTPError:
            continue
        if (
            answer.status_code != 401 and not answer.is_redirect
        ):  # Flink sends plain text to where it asks for a certificate
            return False
    return True


def test_every_port_is_on_loopback_and_asks_who_is_there(running: Stack) -> None:
    own = {Instance.here().port(name): name for name in PORTS}
    seen = list(listening())
    assert {address for _, address, _ in seen} <= {"127.0.0.1", "::ffff:127.0.0.1"}
    names = {own.get(port, engine) for engine, _, port in seen}
    assert {"connect", "flink_rest", "flink_gateway", "flink_rpc", "taskmanager"} <= names
    open_ = [(own.get(port, engine), port) for engine, _, port in seen if own.get(port) not in OWN_SIGN_IN | OPEN]
    open_.append(("supervisor", Instance.here().port("supervisor")))
    assert [(name, port) for name, port in open_ if not closed_to_strangers(port)] == []


def test_a_certificate_of_another_environment_is_refused(running: Stack, tmp_path: Path) -> None:
    other = Instance(tmp_path / "home", Instance.here().port_base)
    for name in MUTUAL_TLS:
        with pytest.raises(httpx2.HTTPError):
            httpx2.get(other.url(name), verify=other.certificates.context, trust_env=False, timeout=5)


def test_the_environment_s_folder_is_its_user_s(running: Stack) -> None:
    """Configurations and logs of engines hold passwords."""
    home = Instance.here().home
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600
    assert {stat.S_IMODE(file.stat().st_mode) for file in (home / "tls").iterdir()} == {0o600}
