"""The doctor asked on a running stack, and its commands typed."""

import json
import shlex
from typing import Any

import psycopg

from cli.client.rest import Rest, account_key
from cli.client.stack import Stack, local_dsn
from cli.client.wait import wait_for
from tests.support.cdc import cdc


def doctor() -> dict[str, dict[str, Any]]:
    """What was found: probe → evidence of its findings and their commands."""
    done = cdc("doctor", "--json")
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    bad = {one["probe"]: one for one in told["probes"] if one["verdict"] != "ok"}
    assert done.returncode == (not told["healthy"])
    return bad


def typed(running: Stack, command: str) -> None:
    """The command as a person types it (psql: as the owner); Pulumi asks people, not tests."""
    words = shlex.split(command.removeprefix("./cdc "))
    if words[:2] == ["psql", "-c"]:
        database(running, words[2])
        return
    done = cdc(*words, *(["--yes", "--skip-preview"] if words[0] == "pulumi" else []))
    assert done.returncode == 0, done.stderr


def database(running: Stack, statement: str) -> None:
    with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())


def cloud(running: Stack) -> Rest:
    return Rest(running.contract.confluent_endpoint, *account_key(running.name), local=True)


def sent(count: int, *kinds: str) -> set[str]:
    """Ids of events that were committed."""
    chosen = [word for kind in kinds for word in ("--type", kind)]
    done = cdc("send", "--count", str(count), "--rate", "0", *chosen, "--json")
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout)["ids"])


def healthy_again() -> None:
    """When heartbeat, offsets and groups have followed; a connector that was made again first reads its tables, however large."""
    wait_for(
        lambda: not {name for name, one in doctor().items() if one["verdict"] in ("failed", "unknown")},
        300,
        "a healthy stack",
    )


def alone(running: Stack, statement: str) -> bool:
    """Do something with the slot in the moment in which nobody reads it. A paused connector goes on reading it."""
    database(running, "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active")
    try:
        database(running, statement)
    except psycopg.errors.ObjectInUse:
        return False
    return True
