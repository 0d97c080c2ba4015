"""A stack whose last update or destroy did not come to its end is not running, and says what to do."""

from typing import Any

import pytest

from cli.client import stack

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # the Pulumi engine's mark of an unknown value


@pytest.mark.parametrize("contract", [UNKNOWN, None, "", [], 7])
def test_an_unknown_contract_is_none(monkeypatch: pytest.MonkeyPatch, contract: Any) -> None:
    monkeypatch.setattr(stack, "outputs", lambda _: {"contract": contract, "credentials": UNKNOWN})
    with pytest.raises(stack.NotRunning, match="its last update did not finish") as told:
        stack.load("local")
    assert told.value.hint
    monkeypatch.setattr(stack, "outputs", lambda _: {})
    with pytest.raises(stack.NotRunning):
        stack.load("local")
    assert stack.credentials({"credentials": UNKNOWN}) == {}
    assert stack.credentials({"credentials": {"operator": {}}}) == {"operator": {}}
