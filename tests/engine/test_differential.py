"""The evaluator against the real Flink: the same conditions on the same rows, every operator, NULLs and odd JSON included."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from cli.client.stack import Stack
from local.environment import Instance
from stacks.routes import sql
from stacks.routes.conditions import Condition
from stacks.routes.evaluate import compiled
from tests.support.cases import COLUMNS, OPERATORS, Cases
from tests.support.sql_gateway import Gateway

pytestmark = pytest.mark.engine
CONDITIONS, ROWS, BATCHES = 70, 144, 1  # 10,080 pairs an operator, planned once
LETTERS = {True: "t", False: "f", None: "u"}
ADAPTER = TypeAdapter(Condition)


@pytest.fixture(scope="module")
def gateway(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, Path]]:
    folder = Instance.here().folder("data", "differential")
    found = Gateway(Instance.here(), "batch")
    columns = ", ".join(f"`{c.name}` {c.mapping.sql}" for c in COLUMNS)
    where = f"'connector' = 'filesystem', 'format' = 'json', 'path' = 'file://{folder}/rows.json'"
    found.run(f"CREATE TABLE `rows` (`id` INT, {columns}) WITH ({where})")
    yield found, folder / "rows.json"
    found.close()


def shown(condition: Any) -> str:
    """The SQL of a condition as one letter."""
    text = sql.condition(COLUMNS, condition)
    return f"CASE WHEN ({text}) IS TRUE THEN 't' WHEN ({text}) IS FALSE THEN 'f' ELSE 'u' END"


@pytest.mark.parametrize("operator", OPERATORS)
@settings(
    max_examples=BATCHES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(0, 2**32))
def test_python_and_flink_agree(gateway: tuple[Gateway, Path], operator: str, seed: int) -> None:
    flink, file = gateway
    cases = Cases(seed)
    rows = cases.rows(ROWS)
    file.write_text("\n".join(json.dumps({"id": n, **row}) for n, row in enumerate(rows)))
    written = [cases.condition(operator) for _ in range(CONDITIONS)]
    conditions = [ADAPTER.validate_python(condition) for condition in written]
    query = f"SELECT `id`, CONCAT({', '.join(shown(c) for c in conditions)}) FROM `rows`"  # noqa: S608 - a test
    answers = {int(row[0]): row[1] for row in flink.run(query)}
    assert len(answers) == ROWS
    checks = [compiled(COLUMNS, condition) for condition in conditions]
    different = [
        (written[n], rows[number], f"python {LETTERS[check(rows[number])]}, flink {letters[n]}")
        for number, letters in answers.items()
        for n, check in enumerate(checks)
        if LETTERS[check(rows[number])] != letters[n]
    ]
    assert different[:5] == []
