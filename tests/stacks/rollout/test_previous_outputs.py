"""What is read of the last update: also after a destroy, which leaves Pulumi's marks of unknown values as outputs."""

from typing import Any

import pytest

from stacks import load
from stacks.errors import CdcError
from stacks.rollout.previous_outputs import PreviousOutputs, parse, protect_keys
from stacks.settings.model import KeySettings
from tests.support.paths import ROOT

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
    assert parse({**GOOD, "keyGenerations": bad}).generations == ()


def rotated(stack: str, *made: str, active: str, kept: list[str]) -> None:
    """Would this update be taken?"""
    settings = load.from_files(ROOT, stack)[0]
    keys = KeySettings(active=active, kept=kept)
    previous = parse({**GOOD, "keyGenerations": [*made]})
    protect_keys(settings.model_copy(update={"keys": keys}), previous)


def test_a_private_stack_uses_a_key_one_update_after_it_was_made() -> None:
    rotated("prod", active="1", kept=[])  # the first update of all
    rotated("prod", "1", active="1", kept=["2"])
    for kept in (["1"], []):
        with pytest.raises(CdcError) as refused:
            rotated("prod", "1", active="2", kept=kept)
        assert 'keys: {active: "1", kept: ["1", "2"]}' in refused.value.hint
    rotated("prod", "1", "2", active="2", kept=["1"])
    rotated("prod", "1", "2", active="2", kept=[])


def test_elsewhere_the_provider_waits() -> None:
    rotated("dev", "1", active="2", kept=["1"])
