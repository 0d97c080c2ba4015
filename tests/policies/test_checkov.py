"""Real checkov on the AWS part of prod: clean, and not because it looks away."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local.toolchain import checkov as toolchain
from policies import checkov
from policies.graph import Graph, from_recorded
from tests.policies.mutants import GONE, both, prop


@pytest.fixture(scope="module")
def program() -> Path:
    return toolchain.install(lambda _: None)


@pytest.fixture(scope="module")
def prod(graphs: dict[str, Any]) -> Graph:
    return from_recorded(graphs["prod"])


def test_prod_has_no_failed_check_without_a_reason(program: Path, prod: Graph) -> None:
    report = checkov.run(program, prod)
    assert [str(f) for f in report.failed] == []
    assert report.passed > 300
    assert report.excused == 15


def test_a_weaker_prod_fails(program: Path, prod: Graph) -> None:
    weaker = both(
        prop("database-cluster", "storageEncrypted", False),
        prop("database-0", "publiclyAccessible", True),
        prop("events-api-function", "tracingConfig", GONE),
    )(prod)
    found = {f.check for f in checkov.run(program, weaker).failed}
    assert {"CKV_AWS_96", "CKV_AWS_17", "CKV_AWS_50"} <= found


def test_a_reason_ends_on_its_day() -> None:
    assert checkov.exceptions(date(2026, 11, 24))["CKV_AWS_272"] == {"aws_lambda_function"}
    assert checkov.exceptions(date(2031, 1, 1))["CKV_AWS_272"] == set()
