"""The evaluator against the real Flink: the same conditions on the same rows, every operator, NULLs and odd JSON included."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from cli import clients
from cli.stack import Stack
from local.instance import Instance
from stacks import sql
from stacks.evaluator import compiled
from stacks.predicates import Condition
from tests.engine.cases import COLUMNS, OPERATORS, Cases

pytestmark = pytest.mark.engine
CONDITIONS, ROWS, BATCHES = 70, 72, 2  # 10,080 pairs an operator
LETTERS = {True: "t", False: "f", None: "u"}
ADAPTER = TypeAdapter(Condition)


class Gateway:
    """A SQL session on the environment's own Flink, in batch mode."""

    def __init__(self, instance: Instance) -> None:
        self.http = httpx2.Client(base_url=instance.url("flink_gateway") + "/v3", trust_env=False, timeout=120)
        properties = {
            "execution.target": "remote",
            "rest.address": "127.0.0.1",
            "rest.port": str(instance.port("flink_rest")),
            "execution.runtime-mode": "batch",
        }
        self.session = self.http.post("/sessions", json={"properties": properties}).json()["sessionHandle"]

    def run(self, statement: str) -> list[list[Any]]:
        """All rows of a statement's result."""
        answer = self.http.post(f"/sessions/{self.session}/statements", json={"statement": statement})
        operation = f"/sessions/{self.session}/operations/{answer.json()['operationHandle']}"
        ended = ("FINISHED", "ERROR", "CANCELED")
        clients.wait_for(lambda: self.http.get(f"{operation}/status").json()["status"] in ended, 120, "the query")
        rows: list[list[Any]] = []
        page = f"{operation}/result/0"
        while page:
            found = self.http.get(page).json()
            assert "results" in found, found.get("errors", found)
            rows += [row["fields"] for row in found["results"]["data"]]
            following = found.get("nextResultUri")
            page = following.removeprefix("/v3") if following and found["resultType"] != "EOS" else ""
        return rows

    def close(self) -> None:
        self.http.delete(f"/sessions/{self.session}")


@pytest.fixture(scope="module")
def gateway(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, Path]]:
    folder = Instance.here().folder("data", "differential")
    found = Gateway(Instance.here())
    columns = ", ".join(f"`{c.name}` {c.kind.sql}" for c in COLUMNS)
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
