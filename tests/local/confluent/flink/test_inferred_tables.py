"""Flink types from Avro schemas; the tables a statement names; plans whose source ids carry over."""

import copy
from typing import Any

import pytest

from local.confluent.errors import ApiError
from local.confluent.flink import compiled_plans, inferred_tables
from tests.support.paths import GOLDEN


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ("string", "STRING NOT NULL"),
        (["null", "string"], "STRING"),
        ("long", "BIGINT NOT NULL"),
        (["null", {"type": "string", "connect.name": "x"}], "STRING"),
        ({"type": "int", "logicalType": "date"}, "DATE NOT NULL"),
        ({"type": "long", "logicalType": "timestamp-millis"}, "TIMESTAMP(3) NOT NULL"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}, "DECIMAL(10, 2) NOT NULL"),
        ({"type": "array", "items": ["null", "int"]}, "ARRAY<INT> NOT NULL"),
        ({"type": "map", "values": "string"}, "MAP<STRING NOT NULL, STRING NOT NULL> NOT NULL"),
        (
            {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]},
            "ROW<`a` INT NOT NULL> NOT NULL",
        ),
    ],
)
def test_types(schema: Any, kind: str) -> None:
    assert inferred_tables.flink_type(schema) == kind


def test_unions_of_several_types_are_refused() -> None:
    with pytest.raises(ApiError, match="unions"):
        inferred_tables.flink_type(["string", "int"])


def test_names_in_our_own_statement() -> None:
    text = (GOLDEN / "routing-event-headers.sql").read_text()
    read, written = inferred_tables.names_in(text)
    assert read == {"raw-event-headers"}
    assert len(written) == 5
    assert "unrouted-event-headers" in written


def test_qualified_names() -> None:
    assert inferred_tables.names_in("INSERT INTO `e`.`c`.`t` SELECT * FROM `e` . `c` . `s`") == ({"s"}, {"t"})


PLAN = {
    "nodes": [
        {
            "id": 1,
            "type": "stream-exec-table-source-scan_2",
            "scanTableSource": {"table": {"identifier": "`e`.`c`.`s`"}},
        },
        {"id": 2, "type": "stream-exec-calc_1"},
        {"id": 3, "type": "stream-exec-sink_1"},
    ],
    "edges": [{"source": 1, "target": 2}, {"source": 2, "target": 3}],
}


def test_sources_keep_their_id_and_nothing_else_does() -> None:
    first, second = (compiled_plans.renumbered(copy.deepcopy(PLAN), name) for name in ("one", "two"))
    assert first["nodes"][0]["id"] == second["nodes"][0]["id"]
    assert not {n["id"] for n in first["nodes"][1:]} & {n["id"] for n in second["nodes"][1:]}
    assert [e["target"] for e in first["edges"]] == [n["id"] for n in first["nodes"][1:]]
    assert all(0 < n["id"] < 2**31 for n in first["nodes"])
