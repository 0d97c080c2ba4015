"""A letter, and what says that it was written back: also as earlier versions said it."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from confluent_kafka import Message

from cli.client import dead_letters


@pytest.mark.parametrize(
    ("value", "headers", "mark"),
    [
        (b"letter", None, False),
        (b"letter", [("cdc-poison", b"1")], False),
        (b"letter", [("cdc-redriven", b"true")], True),
        (None, None, True),
    ],
)
def test_marks(value: bytes | None, headers: Any, mark: bool) -> None:
    message = cast("Message", SimpleNamespace(value=lambda: value, headers=lambda: headers))
    assert dead_letters.is_mark(message) is mark
