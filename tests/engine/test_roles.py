"""Every role × every path and method of the local cloud × own and other people's objects: what is not listed here is refused."""

import http.client
import json
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from confluent_kafka.admin import AdminClient
from starlette.routing import Route

from bench.interrupt.judge import on_the_broker
from cli.client import kafka
from cli.client.stack import Stack
from local.confluent.app import application
from local.confluent.context import ORGANIZATION, Cloud
from local.confluent.registry.paths import SERVED
from local.confluent.store import Store
from local.environment import Instance

pytestmark = pytest.mark.engine
OWN, FOREIGN = "filtered-car-created-events", "filtered-loan-created-events"
OTHERS = (FOREIGN, "raw-event-headers", "unrouted-event-headers", "loan-consumer")
EVERYBODY = {"GET /health"}
# What a key may do, by path and what it is about: nothing else.
TOPICS = {f"GET topics {OWN}", "GET topics"}
READS = {
    "GET subjects", "GET schemas", "GET schemas/types", "GET config", "GET mode",
    "POST subjects/{subject}", "GET subjects/{subject}/versions", "GET subjects/{subject}/versions/{version}",
    "GET subjects/{subject}/versions/{version}/schema", "GET config/{subject}", "GET mode/{subject}",
    "POST compatibility/subjects/{subject}/versions", "POST compatibility/subjects/{subject}/versions/{version}",
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One request: `what` is the path with its place-holders, `about` the object that stands in them ("" for none)."""

    method: str
    path: str
    what: str
    about: str


@pytest.fixture(scope="module")
def ids(running: Stack) -> dict[str, str]:
    """Ids of this environment, for the place-holders of paths."""
    found = {
        "organization": ORGANIZATION,
        "cluster": running.contract.kafka.cluster_id,
        "plugin": "PostgresCdcSourceV2",
    }
    store = Store(Instance.here().home / "data" / "cloud" / "cloud.sqlite")
    environment = next(one for one in store.all("environment") if one["id"] != "env-default")
    return {
        **found,
        "environment": environment["id"],
        "registry": running.contract.registry.id,
    }


class Names(dict[str, str]):
    """Of what stands in a path; what this stack has none of has an id all the same."""

    def __missing__(self, name: str) -> str:
        return f"{name}-1"


def calls(ids: dict[str, str]) -> Iterator[Call]:
    """Every path and method that the cloud serves; the registry's by its own list."""
    instance = Instance.here()
    cloud = Cloud(instance, Store(instance.home / "roles.sqlite"), httpx2.AsyncClient(timeout=60))
    store = Store(instance.home / "data" / "cloud" / "cloud.sqlite")
    kinds = {"environments": "environment", "service-accounts": "service-account", "role-bindings": "role-binding"}
    kinds |= {"api-keys": "api-key", "compute-pools": "compute-pool"}
    for route in application(cloud).routes:
        assert isinstance(route, Route)
        if route.path.startswith("/sr/"):
            continue
        for method in sorted((route.methods or set()) - {"HEAD"}):
            for about in (OWN, FOREIGN) if "{topic}" in route.path else ("",):
                last = next((kinds[p] for p in route.path.split("/") if p in kinds), "")
                some = next(iter(store.keys(last)), "x-1") if last else ids["cluster"]
                names = Names({**ids, "topic": about, "name": "cdc-local-routing", "id": some})
                yield Call(method, route.path.format_map(names), route.path, about)
    (instance.home / "roles.sqlite").unlink()
    for line in SERVED:
        method, _, path = line.partition(" ")
        for about in (OWN, FOREIGN) if "{subject}" in path else ("",):
            shown = path.format(subject=f"{about}-value", version="1", number="1")
            yield Call(method, f"/sr/{ids['registry']}{shown}", path.removeprefix("/"), about)


def sent(call: Call, key: dict[str, str] | None) -> tuple[int, str]:
    """Status and text. The path goes as it is written: no client tidies it up."""
    headers = {"content-type": "application/json"}
    if key:
        headers["authorization"] = "Basic " + b64encode(f"{key['key']}:{key['secret']}".encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", Instance.here().port("cloud"), timeout=30)
    try:
        connection.request(call.method, call.path, None if call.method == "GET" else "{}", headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def short(call: Call) -> str:
    """As the tables above name it."""
    if call.what.startswith("/kafka/v3") and "/topics" in call.what and ":" not in call.what:
        tail = call.what.partition("/topics")[2].removeprefix("/{topic}").strip("/")
        return " ".join(filter(None, [call.method, "topics", call.about, tail]))
    return f"{call.method} {call.what}"


def remembered(running: Stack) -> object:
    """All that a caller could have changed: the cloud's documents, the broker's topics, users and ACLs, the subjects."""
    file = Instance.here().home / "data" / "cloud" / "cloud.sqlite"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT kind, id FROM documents ORDER BY kind, id").fetchall()
    key = running.keys["operator"]["registry"]
    listed = running.contract.registry.url + "/subjects"
    subjects = httpx2.get(listed, auth=(key["key"], key["secret"]), trust_env=False, timeout=60)
    broker = on_the_broker(Instance.here())
    return rows, sorted(broker.topics), sorted(broker.users), broker.principals, sorted(subjects.json())


def test_nobody_does_what_is_not_theirs(running: Stack, ids: dict[str, str]) -> None:
    car, operator, redriver = (running.keys[name] for name in ("car-consumer", "operator", "redriver"))
    wrong = {"key": car["kafka"]["key"], "secret": operator["kafka"]["secret"]}
    own = {f"{line} own" if "{subject}" in line else line for line in READS}
    anyones = {f"{line} {whose}" if "{subject}" in line else line for line in READS for whose in ("own", "foreign")}
    ids_of = {f"GET schemas/ids/{{number}}{rest}" for rest in ("", "/schema", "/subjects", "/versions")}
    allowed: dict[str, tuple[dict[str, str] | None, set[str]]] = {
        "nobody": (None, set()),
        "a wrong secret": (wrong, set()),
        "a consumer's Kafka key": (car["kafka"], TOPICS),
        "a consumer's registry key": (car["registry"], own | ids_of),
        "the operator's Kafka key": (operator["kafka"], {*TOPICS, f"GET topics {FOREIGN}"}),
        "the operator's registry key": (operator["registry"], anyones | ids_of),
        "the redriver's key": (redriver["kafka"], {"GET topics"}),
    }
    before, every = remembered(running), list(calls(ids))
    assert len(every) > 90
    wrongs: list[str] = []
    used: set[tuple[str, str]] = set()
    for who, (key, may) in allowed.items():
        for call in every:
            status, text = sent(call, key)
            name = short(call) + (f" {'own' if call.about == OWN else 'foreign'}" if "{subject}" in call.what else "")
            if status >= 500:
                wrongs.append(f"{who}: {name}: {status} {text[:100]}")
            if status < 300 and name not in may | EVERYBODY and '"data":[]' not in text:
                wrongs.append(f"{who}: {name}: {status} {text[:100]}")
            if status < 300 and "consumer" in who and (shown := [o for o in OTHERS if o in text]):
                wrongs.append(f"{who}: {name} shows {shown}")
            used |= {(who, name)} if status < 300 else set()
    assert not wrongs, "\n".join(wrongs)
    assert remembered(running) == before
    # The table says what is really had, too: each key is good for something.
    assert {who for who, _ in used} == set(allowed)
    for who, name in (
        ("a consumer's Kafka key", f"GET topics {OWN}"),
        ("a consumer's registry key", "GET subjects/{subject}/versions own"),
        ("the operator's registry key", "GET subjects/{subject}/versions foreign"),
    ):
        assert (who, name) in used


@pytest.mark.parametrize(
    "spelling",
    [
        "/subjects/{own}/../{foreign}/versions/1", "/subjects/{own}/%2e%2e/{foreign}/versions/1",
        "/subjects/{own}/..%2f{foreign}/versions/1", "/subjects/{own}%2f..%2f{foreign}/versions/1",
        "/subjects//{foreign}/versions/1", "//subjects/{foreign}/versions/1", "/./subjects/{foreign}/versions/1",
        "/SUBJECTS/{foreign}/versions/1", "/subjects/{foreign}/versions/1/", "/subjects/{foreign}/versions/1;/{own}",
        "/subjects/{own}/versions/1/../../../{foreign}/versions/1", "/subjects/%3A.x%3A{foreign}/versions/1",
        "/../../{registry}/subjects/{foreign}/versions/1", "/apis/registry/v2/search/artifacts",
        "/subjects/{own}/../../../../registry/v2/search/artifacts", "/subjects/{own}%00/../{foreign}/versions/1",
        "/subjects?subjectPrefix=filtered-loan", "/schemas?subjectPrefix=filtered-loan", "/subjects?deleted=true",
        "/subjects/{foreign}/versions/1?subject={own}", "/subjects/{own}/referencedby/../../{foreign}/versions/1",
        "/contexts", "/subjects/{own}/versions/1/referencedby", "/exporters", "/mode/{foreign}", "/config/{foreign}",
    ],
)  # fmt: skip
def test_a_path_however_it_is_spelled(running: Stack, ids: dict[str, str], spelling: str) -> None:
    key = running.keys["car-consumer"]["registry"]
    path = spelling.format(own=f"{OWN}-value", foreign=f"{FOREIGN}-value", registry=ids["registry"])
    status, text = sent(Call("GET", f"/sr/{ids['registry']}{path}", path, ""), key)
    assert status < 500
    if status < 300:
        assert "loan" not in text.lower()
        assert json.loads(text) in ([], [f"{OWN}-value", f"{OWN}-key"]) or OWN in text


def test_a_consumer_s_key_on_the_broker_itself(running: Stack) -> None:
    """Only its own topics and groups exist for it."""
    client = AdminClient(kafka.kafka_config(running, "car-consumer"))
    contract = next(c for c in running.contract.consumers if c.name == "car-consumer")
    assert set(client.list_topics(timeout=10).topics) == set(contract.topics)
    groups = client.list_consumer_groups().result().valid
    assert all(group.group_id.startswith(contract.group) for group in groups)
    assert client.list_topics(FOREIGN, timeout=10).topics[FOREIGN].error is not None
