"""Avro, JSON Schema and Protobuf in the registry, on the real engine: no format leaves a trace for the next one."""

import json
import uuid

import httpx2
import pytest

from cli.client.stack import Stack
from local.environment import Instance
from tests.support import registry_owner

pytestmark = pytest.mark.engine

AVRO = {"schemaType": "AVRO", "schema": '{"type":"record","name":"X","fields":[{"name":"a","type":"int"}]}'}
JSON = {"schemaType": "JSON", "schema": '{ "type": "object" }'}  # does not say by itself what it is
PROTOBUF = {"schemaType": "PROTOBUF", "schema": 'syntax = "proto3"; message X { int32 a = 1; }'}
MORE = {"schemaType": "PROTOBUF", "schema": 'syntax = "proto3"; message X { int32 a = 1; string b = 2; }'}
FORMATS = {"avro": AVRO, "json": JSON, "protobuf": PROTOBUF}


@pytest.fixture(scope="module")
def registry(running: Stack) -> httpx2.Client:
    own = Instance.here()
    auth = (own.secrets["cloud_api_key"], own.secrets["cloud_api_secret"])
    with httpx2.Client(base_url=own.url("cloud"), auth=auth, trust_env=False, timeout=60) as api:
        return registry_owner.client(api, running, "formats-*")


def register(registry: httpx2.Client, path: str, schema: dict[str, str]) -> int:
    made = registry.post(f"{path}/versions", json=schema)
    assert made.status_code == 200, made.text
    return made.json()["id"]


def is_shown(registry: httpx2.Client, path: str, schema: dict[str, str], number: int) -> None:
    """By version, by its own text and by its number: the same schema, as it was sent."""
    latest = registry.get(f"{path}/versions/latest").json()
    assert (latest["id"], latest["schema"], latest["schemaType"]) == (number, schema["schema"], schema["schemaType"])
    found = registry.post(path, json=schema).json()
    assert (found["id"], found["schemaType"]) == (number, schema["schemaType"])
    numbered = registry.get(f"/schemas/ids/{number}").json()
    assert numbered["schema"] == schema["schema"]
    assert numbered.get("schemaType", "AVRO") == schema["schemaType"]


@pytest.mark.parametrize("earlier", FORMATS)
@pytest.mark.parametrize("later", FORMATS)
@pytest.mark.parametrize("for_good", [False, True])
def test_a_deleted_subject_takes_any_format(registry: httpx2.Client, earlier: str, later: str, for_good: bool) -> None:
    path = f"/subjects/formats-{uuid.uuid4().hex[:8]}"
    is_shown(registry, path, FORMATS[earlier], register(registry, path, FORMATS[earlier]))
    assert registry.delete(path).status_code == 200
    if for_good:
        assert registry.delete(path, params={"permanent": "true"}).status_code == 200
    is_shown(registry, path, FORMATS[later], register(registry, path, FORMATS[later]))


def test_live_versions_refuse_another_format_and_take_their_own(registry: httpx2.Client) -> None:
    path = f"/subjects/formats-{uuid.uuid4().hex[:8]}"
    number = register(registry, path, PROTOBUF)
    for other in (AVRO, JSON):
        refused = registry.post(f"{path}/versions", json=other)
        assert (refused.status_code, "format PROTOBUF" in refused.json()["message"]) == (409, True)
        asked = registry.post(f"/compatibility{path}/versions/latest", json=other).json()
        assert asked == {"is_compatible": False, "messages": asked["messages"]}
        is_shown(registry, path, PROTOBUF, number)
    assert registry.post(f"/compatibility{path}/versions/latest", json=MORE).json()["is_compatible"]
    is_shown(registry, path, MORE, register(registry, path, MORE))


def test_a_json_schema_that_is_none_is_refused(registry: httpx2.Client) -> None:
    path = f"/subjects/formats-{uuid.uuid4().hex[:8]}"
    for text in ("{", json.dumps("no schema")):
        refused = registry.post(f"{path}/versions", json={"schemaType": "JSON", "schema": text})
        assert refused.status_code == 422
    is_shown(registry, path, JSON, register(registry, path, JSON))
