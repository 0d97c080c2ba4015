"""The events that demo and benchmarks send are valid, realistic and repeatable."""

import copy

import pytest
from events_api.validation import problems
from hypothesis import given
from hypothesis import strategies as st

from cli.commands.demo import targets
from cli.traffic.events import TYPES, UNROUTED_TYPE, Factory
from cli.traffic.observer import key_id, percentile
from tests.support.business import business


@given(st.integers(0, 2**32))
def test_every_event_is_valid(seed: int) -> None:
    for event in Factory(seed).mixed(len(TYPES)):
        assert problems(event.body, "entities") == []
        assert event.body["eventHeader"]["uuid"] == event.id


def test_the_same_seed_makes_the_same_ids() -> None:
    assert [e.id for e in Factory(7).mixed(20)] == [e.id for e in Factory(7).mixed(20)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("eventHeader", "uuid"), ""),
        (("eventHeader", "eventType"), "Nothing"),
        (("eventHeader", "createdDate"), "yesterday"),
        (("entities",), []),
    ],
)
def test_invalid_events_are_refused(path: tuple[str, ...], value: object) -> None:
    body = copy.deepcopy(Factory(1).make("CarCreated").body)
    spot = body
    for part in path[:-1]:
        spot = spot[part]
    spot[path[-1]] = value
    assert problems(body, "entities")


def test_one_type_is_routed_nowhere() -> None:
    wanted = targets(business())
    assert wanted[UNROUTED_TYPE] == "unrouted-event-headers"
    assert len(set(wanted.values())) == len(TYPES)


@given(st.text(min_size=1, max_size=300).filter(lambda t: t.isascii()))
def test_keys_are_read(text: str) -> None:
    length, encoded = len(text) << 1, bytearray()
    while length > 0x7F:
        encoded.append(length & 0x7F | 0x80)
        length >>= 7
    encoded.append(length)
    assert key_id(b"\0\0\0\0\1" + bytes(encoded) + text.encode()) == text


@pytest.mark.parametrize("key", [None, b"", b"\0", b"\0\0\0\0", b"\0\0\0\0\1", b"k", "text", b"\0\0\0\0\1\xff\xff"])
def test_a_stranger_s_key_has_no_id(key: object) -> None:
    assert key_id(key) == ""


@given(st.binary(max_size=40))
def test_any_key_is_survived(key: bytes) -> None:
    assert isinstance(key_id(key), str)


def test_percentiles() -> None:
    assert percentile([float(n) for n in range(1, 101)], 0.99) == 100
    assert percentile([3.0], 0.5) == 3
