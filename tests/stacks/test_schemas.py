"""Committed schemas are the generated ones; routed records are the raw ones without Connect's annotations."""

import json
from copy import deepcopy

from stacks.contract import ContractV1
from stacks.routes import avro
from stacks.routes import load as load_routes
from stacks.routes.model import Routes, Source
from tests.support.additive import breaks
from tests.support.paths import ROOT


def test_the_editor_schema_is_current() -> None:
    assert json.loads((ROOT / "schemas" / "routes.schema.json").read_text()) == Routes.model_json_schema(by_alias=True)


def test_the_contract_schema_is_current() -> None:
    assert json.loads((ROOT / "schemas" / "contract.schema.json").read_text()) == ContractV1.model_json_schema(
        by_alias=True
    )


def test_the_contract_only_grew_since_its_release() -> None:
    released = json.loads((ROOT / "schemas" / "released" / "contract-v1.schema.json").read_text())
    assert breaks(released, ContractV1.model_json_schema(by_alias=True)) == []


def test_a_contract_that_shrank_is_noticed() -> None:
    released = json.loads((ROOT / "schemas" / "released" / "contract-v1.schema.json").read_text())
    changed = deepcopy(released)
    del changed["$defs"]["RouteContract"]["properties"]["topic"]
    changed["$defs"]["DatabaseContract"]["properties"]["port"] = {"type": "string"}
    changed["required"].remove("environmentId")
    wanted = [
        "environmentId may be absent now",
        "DatabaseContract.port changed from integer to string",
        "RouteContract.topic is gone",
    ]
    assert breaks(released, changed) == wanted


def test_the_contract_fits_its_schema(graphs: dict) -> None:
    contract = graphs["prod"]["exports"]["contract"]
    assert ContractV1.model_validate(contract).model_dump(by_alias=True) == contract


def source() -> Source:
    loaded, findings = load_routes.load(ROOT / "routes.yaml")
    assert loaded is not None
    assert findings == []
    return loaded.sources[0]


def test_raw_records_are_what_the_connector_registers() -> None:
    """What Debezium 3.3.1 registered for this table, byte for byte."""
    key, value = avro.raw(source())
    golden = json.loads((ROOT / "tests" / "golden" / "raw-event-headers.json").read_text())
    assert json.loads(key.text) == golden["key"]
    assert json.loads(value.text) == golden["value"]


def test_routed_records() -> None:
    key, value = avro.routed(source())
    assert list(key.fields) == ["id"]
    assert "__deleted" not in value.fields
    assert value.fields["__lsn"] == "long"
    assert "connect" not in value.text
    assert set(value.fields) <= set(avro.raw(source())[1].fields)


def test_a_masked_column_may_be_null_and_a_renamed_one_keeps_its_type() -> None:
    chosen = [
        avro.Selected("id", "id"),
        avro.Selected("name", "event_name"),
        avro.Selected("data", "header_data", "null"),
    ]
    fields = json.loads(avro.routed(source(), chosen)[1].text)["fields"]
    assert fields == [
        {"name": "id", "type": "string"},
        {"name": "name", "type": "string"},
        {"name": "data", "type": ["null", "string"], "default": None},
    ]
