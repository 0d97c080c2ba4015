"""The registry's address for clients inside a VPC."""

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from stacks.components.confluent.registry import private

PRIVATE = "https://lsrc-1.us-east-1.aws.private.example"


@pytest.mark.parametrize(
    ("regional", "address", "warned"),
    [
        ({"us-east-1": PRIVATE, "eu-west-1": "https://elsewhere.example"}, PRIVATE, 0),
        ({"eu-west-1": "https://elsewhere.example"}, "https://public.example", 1),
        ({}, "https://public.example", 1),
        (None, "https://public.example", 1),
        ({"us-east-1": ""}, "https://public.example", 1),
    ],
)
def test_it_is_private_or_said_not_to_be(
    monkeypatch: pytest.MonkeyPatch, regional: dict[str, str] | None, address: str, warned: int
) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    found: Any = SimpleNamespace(
        id="lsrc-1", rest_endpoint="https://public.example", private_regional_rest_endpoints=regional
    )
    assert private(found, "us-east-1") == address
    assert len(said) == warned
