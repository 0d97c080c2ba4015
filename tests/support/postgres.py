"""A real PostgreSQL for one test module, in a folder that goes with it. `CDC_TEST_POSTGRES`: another major version."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from migrator.schema import Dsn

from cli.client.wait import wait_for
from local.toolchain import postgres
from tests.support import postgres_versions
from tests.support.fakes.cloud import free_port

PASSWORD = "owner-of-a-test"  # noqa: S105 - of a database that lives for seconds


@contextmanager
def serve() -> Iterator[Dsn]:
    """The owner's address of a running server with logical replication, listening on loopback only."""
    programs, port = postgres_versions.install(os.environ.get("CDC_TEST_POSTGRES", postgres.VERSION)), free_port()
    folder = Path(tempfile.mkdtemp(prefix="cdc-test-postgres-", dir="/tmp"))
    secret = folder / "password"
    secret.write_text(PASSWORD)
    if programs.user is not None:
        for path in (folder, secret):
            os.chown(path, programs.user, programs.user)
    as_user = {"user": programs.user, "group": programs.user, "cwd": "/"}
    initdb = [str(programs.bin / "initdb"), "-D", str(folder / "data"), "--username=postgres", f"--pwfile={secret}"]
    subprocess.run([*initdb, "--auth=scram-sha-256", "--no-sync"], check=True, capture_output=True, **as_user)
    options = {"port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
    options |= {"wal_level": "logical"}
    command = [str(programs.bin / "postgres"), "-D", str(folder / "data")]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user)
    dsn = Dsn("127.0.0.1", port, "postgres", "postgres", PASSWORD, "disable")
    try:
        wait_for(lambda: answers(dsn), 30, "the start of PostgreSQL")
        yield dsn
    finally:
        server.send_signal(signal.SIGINT)  # fast: connections are ended
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def answers(dsn: Dsn) -> bool:
    """Does it take connections?"""
    try:
        psycopg.connect(host=dsn.host, port=dsn.port, user=dsn.user, password=dsn.password, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
