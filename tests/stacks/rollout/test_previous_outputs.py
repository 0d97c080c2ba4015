"""What is read of the last update: also after a destroy, which leaves Pulumi's marks of unknown values as outputs."""

from typing import Any

import pytest

from stacks.rollout.previous_outputs import PreviousOutputs, parse

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # the Pulumi engine's mark
GOOD: dict[str, Any] = {
    "routing": {"orders.1": {"statement": "s-1", "start": "17", "routes": ["big"]}},
    "contract": {
        "routes": [{"name": "big", "topic": "filtered-big"}],
        "consumers": [{"name": "shop", "topics": ["filtered-big"]}],
    },
}


def test_what_was_exported() -> None:
    found = parse(GOOD)
    assert found.assignment == {"orders.1": ("big",)}
    assert found.readers == {"filtered-big": ["shop"]}
    assert found.topics == {"big": "filtered-big"}


@pytest.mark.parametrize("bad", [UNKNOWN, None, "", [], 7])
def test_what_is_unknown_is_nothing(bad: Any) -> None:
    nothing = PreviousOutputs()
    assert parse({"routing": bad, "contract": bad, "assumed": bad}) == nothing
    assert parse({**GOOD, "routing": bad}).readers == parse(GOOD).readers
    assert parse({**GOOD, "contract": bad}).assignment == parse(GOOD).assignment
    assert parse({"routing": {"orders.1": bad}}) == nothing
    assert parse(GOOD).knows("orders")
