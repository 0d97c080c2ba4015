"""A first cluster's version and class must be on offer; a running cluster, which AWS upgrades itself, is not asked about."""

from types import SimpleNamespace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from stacks.components.aws.database import Database


class Asked(Exception):
    """AWS was asked, and offers none."""


@pytest.fixture
def args(monkeypatch: pytest.MonkeyPatch) -> Any:
    def refuse(**question: Any) -> None:
        question.pop("opts")
        raise Asked(question)

    monkeypatch.setattr(pulumi, "InvokeOutputOptions", lambda **_: None)
    monkeypatch.setattr(aws.rds, "get_orderable_db_instance_output", refuse)
    settings = SimpleNamespace(engine_version="17.5", instance_class="db.r8g.large")
    return lambda first: SimpleNamespace(first=first, settings=settings)


def test_a_first_cluster_is_asked_about(args: Any) -> None:
    with pytest.raises(Asked) as caught:
        Database.version(None, args(True))  # pyright: ignore[reportArgumentType]
    assert caught.value.args[0] == {
        "engine": "aurora-postgresql",
        "engine_version": "17.5",
        "instance_class": "db.r8g.large",
        "vpc": True,
    }


def test_a_running_one_is_not(args: Any) -> None:
    assert Database.version(None, args(False)) == "17.5"  # pyright: ignore[reportArgumentType]
