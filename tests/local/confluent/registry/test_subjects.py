"""The Schema Registry behind keys and subject roles."""

import base64
import json
from contextlib import closing
from http.client import HTTPConnection

import httpx2
import pytest

from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running

ONE = json.dumps({"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]})
MORE = json.dumps(
    {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}, {"name": "b", "type": ["null", "int"], "default": None}]}
)  # fmt: skip
BREAKING = json.dumps({"type": "record", "name": "R", "fields": [{"name": "c", "type": "string"}]})


def test_schema_life(fake_cloud: Running) -> None:
    sr = cloud.subjects(fake_cloud)
    pretty = json.dumps(json.loads(ONE), indent=4)
    first = sr.post("/subjects/t%2Fone/versions", json={"schema": pretty, "schemaType": "AVRO"})
    assert first.status_code == 200
    latest = sr.get("/subjects/t%2Fone/versions/latest").json()
    assert (latest["subject"], latest["schema"], latest["version"], latest["schemaType"]) == (
        "t/one",
        pretty,
        1,
        "AVRO",
    )
    assert sr.post("/subjects/t%2Fone", json={"schema": ONE}).json()["version"] == 1
    (listed,) = sr.get("/schemas", params={"subjectPrefix": "t/"}).json()
    assert listed["schema"] == pretty
    sr.post("/subjects/t%2Fone/versions", json={"schema": MORE})
    assert sr.delete("/subjects/t%2Fone/versions/1").status_code == 200
    assert sr.delete("/subjects/t%2Fone/versions/1", params={"permanent": "true"}).status_code == 200
    assert sr.delete("/subjects/t%2Fone").status_code == 200
    assert sr.get("/subjects/t%2Fone/versions/latest").status_code == 404
    assert sr.delete("/subjects/t%2Fone", params={"permanent": "true"}).json() == []


def test_compatibility_follows_the_subjects_own_level(fake_cloud: Running) -> None:
    sr = cloud.subjects(fake_cloud)
    ask = "/compatibility/subjects/held/versions"
    assert sr.post(ask, json={"schema": ONE}).json() == {"is_compatible": True}
    sr.post("/subjects/held/versions", json={"schema": ONE})
    assert sr.post(ask, json={"schema": MORE}).json()["is_compatible"]
    refused = sr.post(ask, json={"schema": BREAKING}).json()
    assert not refused["is_compatible"]
    assert "not BACKWARD compatible" in refused["messages"][0]


def test_a_level_waits_for_its_subject(fake_cloud: Running) -> None:
    sr = cloud.subjects(fake_cloud)
    assert sr.get("/config/later").json()["error_code"] == 40408
    assert sr.put("/config/later", json={"compatibility": "NONE"}).status_code == 200
    sr.post("/subjects/later/versions", json={"schema": ONE})
    assert fake_cloud.registry.levels["later"] == "NONE"
    assert sr.get("/config/later").json()["compatibilityLevel"] == "NONE"
    wrong = sr.put("/config/later", json={"compatibility": "SOMETIMES"})
    assert (wrong.status_code, "Valid values are" in wrong.json()["message"]) == (422, True)
    assert sr.delete("/config/later").json() == "NONE"
    assert sr.get("/config/later").status_code == 404


def test_a_version_without_a_schema_is_refused(fake_cloud: Running) -> None:
    assert cloud.subjects(fake_cloud).post("/subjects/empty/versions", json={}).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/subjects/mine-value/versions/latest", 200),
        ("POST", "/subjects/mine-value", 200),
        ("POST", "/subjects/mine-value/versions", 403),
        ("DELETE", "/subjects/mine-value", 403),
        ("PUT", "/config/mine-value", 403),
        ("GET", "/subjects/other-value/versions/latest", 403),
    ],
)
def test_a_reader_reads_its_own_subjects(fake_cloud: Running, method: str, path: str, status: int) -> None:
    for subject in ("mine-value", "other-value"):
        cloud.subjects(fake_cloud).post(f"/subjects/{subject}/versions", json={"schema": ONE})
    name = f"reader-{method}-{path.count('/')}-{status}-{path[10:15]}"
    crn = f"{fake_cloud.made['crn'].partition('/cloud-cluster')[0]}/schema-registry={fake_cloud.made['registry']}"
    owner = cloud.account(fake_cloud, name, "DeveloperRead", f"{crn}/subject=mine-*")
    key = cloud.key(fake_cloud, owner, fake_cloud.made["registry"])
    reader = fake_cloud.client(*key, f"/sr/{fake_cloud.made['registry']}")
    body = {"schema": ONE} if method in ("POST", "PUT") else None
    assert reader.request(method, path, json=body).status_code == status


def reader_of(running: Running, name: str, pattern: str) -> httpx2.Client:
    """A client whose key may read some subjects."""
    crn = f"{running.made['crn'].partition('/cloud-cluster')[0]}/schema-registry={running.made['registry']}"
    owner = cloud.account(running, name, "DeveloperRead", f"{crn}/subject={pattern}")
    key = cloud.key(running, owner, running.made["registry"])
    return running.client(*key, f"/sr/{running.made['registry']}")


@pytest.mark.parametrize(
    "path",
    [
        "/subjects/mine-value/../../../../registry/v2/search/artifacts",
        "/subjects/mine-value/%2e%2e/%2e%2e/%2e%2e/%2e%2e/registry/v2/search/artifacts",
        "/subjects/mine-value/versions/..%2f..",
        "/subjects/%2e%2e/versions",
        "/subjects/mine-value/versions/1/referencedby/x",
        "/subjects/mine-value%00/versions",
        "/contexts",
        "/exporters",
        "/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT"])
def test_only_paths_of_the_api_are_served_however_they_are_spelled(fake_cloud: Running, path: str, method: str) -> None:
    made = fake_cloud.made
    key = base64.b64encode(f"{made['registry-key']}:{made['registry-secret']}".encode()).decode()
    with closing(
        HTTPConnection("127.0.0.1", fake_cloud.instance.port("cloud"), timeout=10)
    ) as plain:  # sends paths as they are
        plain.request(method, f"/sr/{made['registry']}{path}", headers={"Authorization": f"Basic {key}"})
        assert plain.getresponse().status in (403, 404)


def test_lists_and_ids_show_a_reader_its_own_only(fake_cloud: Running) -> None:
    everything = cloud.subjects(fake_cloud)
    other = json.dumps({**json.loads(ONE), "name": "Other"})
    mine = everything.post("/subjects/seen-value/versions", json={"schema": ONE}).json()["id"]
    hidden = everything.post("/subjects/hidden-value/versions", json={"schema": other}).json()["id"]
    reader = reader_of(fake_cloud, "lister", "seen-*")
    assert reader.get("/subjects").json() == ["seen-value"]
    assert {one["subject"] for one in reader.get("/schemas").json()} == {"seen-value"}
    assert reader.get(f"/schemas/ids/{mine}").status_code == 200
    assert reader.get(f"/schemas/ids/{hidden}").status_code == 404
    assert everything.get(f"/schemas/ids/{hidden}").status_code == 200
    assert {"seen-value", "hidden-value"} <= set(everything.get("/subjects").json())


def test_another_registry_is_not_there(fake_cloud: Running) -> None:
    made = fake_cloud.made
    assert (
        fake_cloud.client(made["registry-key"], made["registry-secret"], "/sr/lsrc-x").get("/subjects").status_code
        == 404
    )
