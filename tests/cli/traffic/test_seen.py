"""What arrived, asked for while more arrives."""

import threading
from typing import Any, cast

from cli.traffic.seen import Seen

MESSAGE = cast("Any", object())


def test_asked_while_more_arrives() -> None:
    seen, total, looked = Seen(["a", "b"]), 10_000, threading.Event()
    ids = [f"e{number}" for number in range(total)]

    def note() -> None:
        for number, identity in enumerate(ids):
            seen.note("ab"[number % 2], identity, MESSAGE)
            if number == total // 2:
                looked.wait(60)

    thread = threading.Thread(target=note)
    thread.start()
    known, looks = 0, 0
    while missing := seen.missing(ids):
        assert sum(len(found) for found in seen.everywhere().values()) >= known
        known, looks = total - len(missing), looks + 1
        looked.set()
    thread.join()
    assert looks
    assert seen.distinct() == seen.total == total


def test_what_is_asked_for_is_a_copy() -> None:
    seen = Seen(["a"])
    seen.note("a", "e1", MESSAGE)
    seen.note("a", None, MESSAGE)
    before = seen.on("a")
    seen.note("a", "e1", MESSAGE)
    assert len(before["e1"]) == 1
    assert len(seen.on("a")["e1"]) == 2
    assert seen.first("a", "e1") == before["e1"][0]
    assert seen.first("a", "e2") is None
    assert seen.missing({"e1", "e2"}) == {"e2"}
    assert (seen.distinct(), seen.total, seen.last("a")) == (1, 3, MESSAGE)
