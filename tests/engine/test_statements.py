"""The life of a Flink statement on the local cloud, over Confluent's own API."""

import time
from typing import Any

import httpx2
import pytest

from cli.client import stack as stacks
from cli.client import wait
from cli.client.stack import Stack
from tests.support import ledger

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def flink(running: Stack) -> httpx2.Client:
    key, contract = running.keys["operator"]["flink"], running.contract
    base = f"{contract.flink.rest_endpoint}/sql/v1/organizations/{contract.flink.organization_id}/environments/{contract.environment_id}"
    return httpx2.Client(base_url=base, auth=(key["key"], key["secret"]), trust_env=False, timeout=60)


@pytest.fixture(scope="module")
def routing(running: Stack, flink: httpx2.Client) -> dict[str, Any]:
    name = stacks.load("local").contract.flink.statements["event-headers"]  # another file may have replaced it
    answer = flink.get(f"/statements/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def phase(flink: httpx2.Client, name: str) -> str:
    return flink.get(f"/statements/{name}").json()["status"]["phase"]


def until(flink: httpx2.Client, name: str, wanted: str) -> None:
    wait.wait_for(lambda: phase(flink, name) == wanted, 60, f"statement {name} {wanted}")


def stopped(flink: httpx2.Client, statement: dict[str, Any], value: bool) -> None:
    """Stop or resume as the plugin does: the whole object back, with one field changed."""
    found = flink.get(f"/statements/{statement['name']}").json()
    found["spec"]["stopped"] = value
    answer = flink.put(f"/statements/{statement['name']}", json=found)
    assert answer.status_code == 200, answer.text
    until(flink, statement["name"], "STOPPED" if value else "RUNNING")


def test_stop_and_resume_lose_and_repeat_nothing(running: Stack, flink: httpx2.Client, routing: dict[str, Any]) -> None:
    first = ledger.write(running, 300, seed=int(time.time()))
    stopped(flink, routing, True)
    second = ledger.write(running, 300, seed=int(time.time()) + 1)
    stopped(flink, routing, False)
    seen = ledger.all_arrived(running, {*first, *second}, 60)
    assert all(seen.counts[topic][i] == 1 for i, topic in {**first, **second}.items())


def spec(routing: dict[str, Any], text: str, **properties: str) -> dict[str, Any]:
    kept = routing["spec"]
    same = {k: kept[k] for k in ("compute_pool_id",)}
    return {
        "statement": text,
        "properties": {**kept["properties"], **properties},
        **same,
        "principal": kept["principal"],
    }


def test_a_statement_that_cannot_be_planned_fails_with_the_reason(
    flink: httpx2.Client, routing: dict[str, Any]
) -> None:
    """The operator may not let statements run as the Flink account; as nobody's account they fail for want of tables."""
    refused = flink.post(
        "/statements", json={"name": "t-refused", "spec": spec(routing, "INSERT INTO `a` SELECT * FROM `b`")}
    )
    assert refused.status_code == 401
    assert "Assigner" in refused.json()["message"]


@pytest.mark.parametrize(
    ("name", "text", "status"),
    [
        ("Bad_Name", "INSERT INTO `a` SELECT * FROM `b`", 400),
        ("t-create", "CREATE TABLE `a` (x INT)", 400),
        ("t-empty", "", 400),
    ],
)
def test_what_is_refused_at_once(
    flink: httpx2.Client, routing: dict[str, Any], name: str, text: str, status: int
) -> None:
    wanted = spec(routing, text)
    wanted["principal"] = ""
    assert flink.post("/statements", json={"name": name, "spec": wanted}).status_code == status


def test_names_are_unique_and_texts_are_for_ever(flink: httpx2.Client, routing: dict[str, Any]) -> None:
    wanted = spec(routing, routing["spec"]["statement"])
    wanted["principal"] = ""
    assert flink.post("/statements", json={"name": routing["name"], "spec": wanted}).status_code == 409
    changed = {**routing, "spec": {**routing["spec"], "statement": "INSERT INTO `a` SELECT 1"}}
    assert (
        flink.put(
            f"/statements/{routing['name']}", json={**changed, "spec": {**changed["spec"], "principal": ""}}
        ).status_code
        == 400
    )
