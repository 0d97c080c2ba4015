"""Faults on a running stack: the doctor names each with its command, the command mends it, and then it finds nothing."""

import json
import shlex
import signal
from typing import Any

import httpx2
import psutil
import psycopg
import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from cli.client import kafka
from cli.client import stack as stacks
from cli.client.connector import keys
from cli.client.rest import Rest
from cli.client.stack import Stack, local_dsn
from local.environment import Instance
from tests.engine.test_restarts import engine
from tests.support.cdc import cdc

pytestmark = pytest.mark.engine
GRANTS = "GRANT USAGE ON SCHEMA public TO cdc; GRANT SELECT ON public.event_headers TO cdc"
REFRESH = "./cdc pulumi up -s local --refresh"


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
    return Rest(running.contract.confluent_endpoint, *keys(running), local=True)


def altered_publication(running: Stack) -> None:
    database(running, f"ALTER PUBLICATION {running.contract.database.publication} DROP TABLE public.event_headers")


def revoked_grant(running: Stack) -> None:
    database(running, "REVOKE SELECT ON public.event_headers FROM cdc")


def deleted_statement(running: Stack) -> None:
    contract, key = running.contract, running.keys["operator"]["flink"]
    flink = contract.flink
    place = f"/sql/v1/organizations/{flink.organization_id}/environments/{contract.environment_id}/statements"
    for name in flink.statements.values():
        Rest(flink.rest_endpoint, key["key"], key["secret"], local=True).ask("DELETE", f"{place}/{name}")


def deleted_subject(running: Stack) -> None:
    route = running.contract.routes[1]
    address = f"{Instance.here().url('registry')}/apis/ccompat/v7/subjects/{route.value_subject}"
    for how in ("", "?permanent=true"):
        httpx2.delete(address + how, trust_env=False).raise_for_status()


def cut_retention(running: Stack) -> None:
    entry = ConfigEntry("retention.ms", "3600000", incremental_operation=AlterConfigOpType.SET)
    place = ConfigResource(ResourceType.TOPIC, running.contract.routes[2].topic, incremental_configs=[entry])
    admin = AdminClient(kafka.local_admin_config())
    for answer in admin.incremental_alter_configs([place]).values():
        answer.result()


def deleted_binding(running: Stack) -> None:
    topic = running.contract.consumers[0].topics[0]
    listed = cloud(running).get("/iam/v2/role-bindings?crn_pattern=crn://*&page_size=100")["data"]
    for one in listed:
        if one["crn_pattern"].endswith(f"topic={topic}"):
            cloud(running).ask("DELETE", f"/iam/v2/role-bindings/{one['id']}")


def deleted_key(running: Stack) -> None:
    cloud(running).ask("DELETE", f"/iam/v2/api-keys/{running.keys[running.contract.consumers[1].name]['kafka']['key']}")


DATABASE = {
    "tables-are-readable": (revoked_grant, f'psql -c "{GRANTS}"'),
    "publication-is-whole": (altered_publication, "./cdc up"),
}
BEHIND_PULUMI = {
    "statements-run": (deleted_statement, REFRESH),
    "subjects-are-there": (deleted_subject, REFRESH),
    "retention-is-as-declared": (cut_retention, REFRESH),
    "topics-may-be-read": (deleted_binding, REFRESH),
    "keys-are-known": (deleted_key, REFRESH),
}


@pytest.mark.parametrize("faults", [DATABASE, BEHIND_PULUMI], ids=["database", "behind-pulumi"])
def test_what_somebody_changed_is_named_and_mended(running: Stack, faults: dict[str, Any]) -> None:
    """One after the other they are found together: a second fault does not hide the first."""
    assert not {name for name, one in doctor().items() if one["verdict"] == "failed"}
    for stage, _ in faults.values():
        stage(running)
    found = doctor()
    assert {name: [f["command"] for f in found[name]["findings"]] for name in faults if name in found} == {
        name: [command] for name, (_, command) in faults.items()
    }
    assert not {name for name, one in found.items() if one["verdict"] == "unknown"}
    for command in dict.fromkeys(command for _, command in faults.values()):
        typed(running, command)
    running.keys.update(stacks.load("local").keys)  # one of them is new, and other files use these
    assert not {name: one for name, one in doctor().items() if one["verdict"] in ("failed", "unknown")}


def test_a_paused_connector(running: Stack) -> None:
    assert cdc("connector", "pause").returncode == 0
    assert [one["command"] for one in doctor()["connector-runs"]["findings"]] == ["./cdc connector resume"]
    typed(running, "./cdc connector resume")
    assert "connector-runs" not in doctor()


def test_a_held_engine(running: Stack) -> None:
    """It keeps its port and answers nobody: everything that asks it is not known, and why comes first."""
    process = psutil.Process(engine("registry")["pid"])
    process.send_signal(signal.SIGSTOP)
    found = doctor()
    assert [one["command"] for one in found["engines-run"]["findings"]] == ["./cdc restart registry"]
    assert found["subjects-are-there"]["verdict"] == "unknown"
    typed(running, "./cdc restart registry")
    assert not {name for name, one in doctor().items() if one["verdict"] in ("failed", "unknown")}
