"""Faults on a running stack: the doctor names each with its command, the command mends it, and then it finds nothing."""

import json
import shlex
import signal
import time
from typing import Any

import httpx2
import psutil
import psycopg
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from bench.ledger.checkout import Checkout
from cli.client import kafka, recent
from cli.client import stack as stacks
from cli.client.connector import ConnectorClient, keys
from cli.client.rest import Rest
from cli.client.stack import Stack, local_dsn
from cli.client.wait import wait_for
from local.environment import Instance
from tests.engine.test_restarts import engine
from tests.support import ledger
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


def altered(topic: str, name: str, value: str) -> None:
    """A topic's setting, changed by hand."""
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    place = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    admin = AdminClient(kafka.local_admin_config())
    for answer in admin.incremental_alter_configs([place]).values():
        answer.result()


def cut_retention(running: Stack) -> None:
    altered(running.contract.routes[2].topic, "retention.ms", "3600000")


def cut_size(running: Stack) -> None:
    altered(running.contract.routes[3].topic, "max.message.bytes", "1000")


def compacted(running: Stack) -> None:
    altered(running.contract.routes[0].topic, "cleanup.policy", "compact")


def promised_nothing(running: Stack) -> None:
    """With a key of the account that owns the subjects."""
    contract = running.contract
    accounts = cloud(running).get("/iam/v2/service-accounts?page_size=100")["data"]
    owner = next(one["id"] for one in accounts if one["display_name"].endswith("-deployer"))
    spec = {"display_name": "by-hand", "owner": {"id": owner}, "resource": {"id": contract.registry.id}}
    made = cloud(running).ask("POST", "/iam/v2/api-keys", {"spec": spec}).json()
    own = Rest(contract.registry.url, made["id"], made["spec"]["secret"], local=True)
    own.ask("PUT", f"/config/{contract.routes[2].value_subject}", {"compatibility": "NONE"})
    cloud(running).ask("DELETE", f"/iam/v2/api-keys/{made['id']}")


def deleted_connector(running: Stack) -> None:
    client = ConnectorClient(running)
    client.rest.ask("DELETE", client.path)


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
    "subjects-are-there": (deleted_subject, REFRESH),
    "retention-is-as-declared": (cut_retention, REFRESH),
    "topics-may-be-read": (deleted_binding, REFRESH),
    "keys-are-known": (deleted_key, REFRESH),
    "topics-take-the-same-size": (cut_size, REFRESH),
    "topics-delete-by-age": (compacted, REFRESH),
    "subjects-keep-their-promise": (promised_nothing, REFRESH),
    "connector-runs": (deleted_connector, REFRESH),
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
    healthy_again()


def test_a_statement_that_was_deleted(running: Stack, checkout: Checkout) -> None:
    """Made again as it was it would repeat everything; it begins a little before the newest row that it wrote."""
    ids = sent(40)
    ledger.all_arrived(running, ids, 60)
    deleted_statement(running)
    waiting = sent(30)
    commands = [one["command"] for one in doctor()["statements-run"]["findings"]]
    assert commands == [f"./cdc statements restore -s local && {REFRESH}"]
    refused = checkout.cdc("pulumi", "up", "-s", "local", "--refresh", "--yes", "--skip-preview")
    assert refused.returncode != 0
    assert "so its offsets are lost" in refused.stdout + refused.stderr
    told = json.loads(checkout.cdc("statements", "restore", "--json").stdout)["statements"]
    assert [one["phase"] for one in told] == ["GONE"]
    done = checkout.cdc("pulumi", "up", "-s", "local", "--refresh", "--yes", "--skip-preview")
    assert done.returncode == 0, done.stdout + done.stderr
    ledger.all_arrived(running, ids | waiting, 60)
    assert checkout.cdc("statements", "restore").returncode == 1  # nothing is lost any more
    healthy_again()


def sent(count: int) -> set[str]:
    """Ids of events that were committed."""
    done = cdc("send", "--count", str(count), "--rate", "0", "--json")
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout)["ids"])


def test_a_paused_connector(running: Stack) -> None:
    assert cdc("connector", "pause").returncode == 0
    assert [one["command"] for one in doctor()["connector-runs"]["findings"]] == ["./cdc connector resume"]
    typed(running, "./cdc connector resume")
    assert "connector-runs" not in doctor()


@pytest.mark.parametrize(
    "name", ["postgres", "kafka", "registry", "connect", "jobmanager", "taskmanager", "gateway", "cloud", "aws"]
)
def test_a_held_engine(running: Stack, name: str) -> None:
    """It keeps its port and answers nobody: everything that asks it is not known, and why comes first."""
    process = psutil.Process(engine(name)["pid"])
    process.send_signal(signal.SIGSTOP)
    found = doctor()
    assert next(iter(found)) == "engines-run"
    assert [one["command"] for one in found["engines-run"]["findings"]] == [f"./cdc restart {name}"]
    if asked := ASKS.get(name):
        assert found[asked]["verdict"] != "ok"
    typed(running, f"./cdc restart {name}")
    healthy_again()


# A probe that cannot be answered without it.
ASKS = {
    "postgres": "slot-is-there",
    "kafka": "topics-are-there",
    "registry": "subjects-are-there",
    "connect": "connector-runs",
    "cloud": "statements-run",
}


def healthy_again() -> None:
    """Within the time that a heartbeat, an offset and a group need."""
    wait_for(
        lambda: not {name for name, one in doctor().items() if one["verdict"] in ("failed", "unknown")},
        45,
        "a healthy stack",
    )


def test_a_slot_that_was_dropped(running: Stack) -> None:
    slot = running.contract.database.slot
    assert cdc("connector", "pause").returncode == 0
    wait_for(lambda: alone(running, f"SELECT pg_drop_replication_slot('{slot}')"), 60, "the end of the slot")
    found = doctor()
    assert [one["command"] for one in found["slot-is-there"]["findings"]] == ["./cdc connector skip --yes"]
    assert found["slot-is-there"]["runbook"] == "docs/runbooks/slot.md"
    for command in ("./cdc connector skip --yes", "./cdc audit event-headers --repair"):  # as the runbook says
        typed(running, command)
    healthy_again()


def alone(running: Stack, statement: str) -> bool:
    """Do something with the slot in the moment in which nobody reads it. A paused connector goes on reading it."""
    database(running, "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active")
    try:
        database(running, statement)
    except psycopg.errors.ObjectInUse:
        return False
    return True


def test_a_slot_that_was_advanced(running: Stack) -> None:
    """Silent loss: the connector would go on behind the rows. The audit finds and sends them."""
    slot = running.contract.database.slot
    assert cdc("connector", "pause").returncode == 0
    advance = f"SELECT pg_replication_slot_advance('{slot}', pg_current_wal_lsn())"
    database(running, "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active")
    ids = sent(7)
    wait_for(lambda: alone(running, advance), 60, "the advance")
    found = doctor()
    commands = [one["command"] for one in found["slot-is-where-the-connector-is"]["findings"]]
    assert commands == ["./cdc audit event-headers --repair"]
    assert [one["command"] for one in found["connector-runs"]["findings"]] == ["./cdc connector resume"]
    typed(running, "./cdc connector resume")
    # It goes on behind the rows, or says that the server no longer has its position: then the doctor says what to type.
    wait_for(lambda: reads_or_says(running, slot), 60, "the connector's return")
    typed(running, "./cdc audit event-headers --repair")
    ledger.all_arrived(running, ids, 60)
    healthy_again()


def reads_or_says(running: Stack, slot: str) -> bool:
    told = doctor().get("connector-runs", {"findings": []})["findings"]
    if [one["command"] for one in told] == ["./cdc connector skip --yes"]:
        typed(running, "./cdc connector skip --yes")
    return not told and not inactive(running, slot)


def inactive(running: Stack, slot: str) -> bool:
    with psycopg.connect(local_dsn(running, "postgres")) as connection:
        row = connection.execute("SELECT active FROM pg_replication_slots WHERE slot_name = %s", (slot,)).fetchone()
    return row == (False,)


def test_no_slot_is_free(running: Stack) -> None:
    with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
        made = 0
        try:
            while True:
                connection.execute(f"SELECT pg_create_physical_replication_slot('left_{made}')".encode())
                made += 1
        except psycopg.errors.ConfigurationLimitExceeded:
            pass
        try:
            assert (
                doctor()["slots-are-free"]["findings"][0]["command"] == "psql -c 'SELECT * FROM pg_replication_slots'"
            )
        finally:
            for number in range(made):
                connection.execute(f"SELECT pg_drop_replication_slot('left_{number}')".encode())
    assert "slots-are-free" not in doctor()


def test_a_table_that_tells_less(running: Stack) -> None:
    database(running, "ALTER TABLE public.event_headers REPLICA IDENTITY DEFAULT")
    found = doctor()["tables-are-as-declared"]["findings"]
    typed(running, found[0]["command"])
    assert "tables-are-as-declared" not in doctor()


def test_a_flood_that_no_route_takes(running: Stack) -> None:
    assert cdc("send", "--count", "1200", "--rate", "0", "--via", "database", "--type", "LoanCancelled").returncode == 0
    unrouted = running.contract.sources[0].unrouted_topic
    wait_for(lambda: "few-rows-are-unrouted" in doctor(), 30, "the finding")
    finding = doctor()["few-rows-are-unrouted"]
    assert finding["verdict"] == "warning"
    assert [one["command"] for one in finding["findings"]] == [f"./cdc tail {unrouted} --max 5"]
    typed(running, finding["findings"][0]["command"])


def test_a_consumer_that_stopped(running: Stack) -> None:
    """It committed once, and a record has waited for an hour."""
    consumer = running.contract.consumers[3]
    topic = consumer.topics[0]
    client = kafka.consumer(running, consumer.name, consumer.group)
    places = kafka.partitions(client, topic)
    ends = kafka.ends(client, topic)
    for place in places:
        place.offset = ends[place.partition][1]
    client.commit(offsets=places, asynchronous=False)
    producer = Producer(kafka.local_admin_config())
    last = recent.last(running, topic, 1)[0]
    an_hour_ago = int((time.time() - 3600) * 1000)
    producer.produce(topic, last.value(), last.key(), places[0].partition, timestamp=an_hour_ago)
    producer.flush(10)
    finding = doctor()["consumers-keep-up"]
    assert finding["verdict"] == "warning"
    assert "the oldest for 60 minutes" in finding["findings"][0]["evidence"]
    assert finding["findings"][0]["cause"] == "it does not run"
    places[0].offset = ends[places[0].partition][1] + 1
    client.commit(offsets=places, asynchronous=False)
    client.close()
    assert "consumers-keep-up" not in doctor()
