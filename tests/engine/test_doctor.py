"""What somebody changed on a running stack: the doctor names each with its command, which mends it."""

import json
from typing import Any

import httpx2
import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from bench.ledger.checkout import Checkout
from cli.client import kafka
from cli.client import stack as stacks
from cli.client.connector import ConnectorClient
from cli.client.rest import Rest
from cli.client.stack import Stack
from local.environment import Instance
from tests.support import ledger
from tests.support.cdc import cdc
from tests.support.doctor import cloud, database, doctor, healthy_again, sent, typed

pytestmark = pytest.mark.engine
GRANTS = "GRANT USAGE ON SCHEMA public TO cdc; GRANT SELECT ON public.event_headers TO cdc"
REFRESH = "./cdc pulumi up -s local --refresh"


def altered_publication(running: Stack) -> None:
    database(running, f"ALTER PUBLICATION {running.contract.database.publication} DROP TABLE public.event_headers")


def revoked_grant(running: Stack) -> None:
    database(running, "REVOKE SELECT ON public.event_headers FROM cdc")


def deleted_statement(running: Stack) -> None:
    now = stacks.load("local")
    contract, key = now.contract, now.keys["operator"]["flink"]
    flink = contract.flink
    place = f"/sql/v1/organizations/{flink.organization_id}/environments/{contract.environment_id}/statements"
    for name in flink.statements.values():
        Rest(flink.rest_endpoint, key["key"], key["secret"], local=True).ask("DELETE", f"{place}/{name}")


def deleted_subject(running: Stack) -> None:
    route = running.contract.routes[1]
    address = f"{Instance.here().url('registry')}/apis/ccompat/v7/subjects/{route.value_subject}"
    for how in ("", "?permanent=true"):
        httpx2.delete(address + how, trust_env=False, timeout=60).raise_for_status()


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
    told = json.loads(checkout.cdc("statements", "restore", "--json").stdout)["statements"]
    assert [one["phase"] for one in told] == ["GONE"]
    done = checkout.cdc("pulumi", "up", "-s", "local", "--refresh", "--yes", "--skip-preview")
    assert done.returncode == 0, done.stdout + done.stderr
    ledger.all_arrived(running, ids | waiting, 60)
    assert checkout.cdc("statements", "restore").returncode == 1  # nothing is lost any more
    healthy_again()


def test_a_paused_connector(running: Stack) -> None:
    assert cdc("connector", "pause").returncode == 0
    assert [one["command"] for one in doctor()["connector-runs"]["findings"]] == ["./cdc connector resume"]
    typed(running, "./cdc connector resume")
    assert "connector-runs" not in doctor()
