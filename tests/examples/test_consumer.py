"""One record and everything that can happen to it: worked on, tried again, waited for, put aside, or left for the next start."""

import threading
from typing import Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryError

from examples.consumer.attempts import Attempts, Stopped, Undeliverable
from examples.consumer.records import Decoder, Poison, Record, Temporary
from examples.consumer.settings import Connection, Settings, WrongSettings
from tests.support.paths import ROOT

FOLDER = ROOT / "examples" / "consumer"


class Message:
    """A record as the client gives it."""

    def topic(self) -> str:
        return "t"

    def partition(self) -> int:
        return 3

    def offset(self) -> int:
        return 7

    def timestamp(self) -> tuple[int, int]:
        return 1, 5

    def key(self) -> bytes:
        return b"k"

    def value(self) -> bytes:
        return b"v"


MESSAGE: Any = Message()
RECORD = Record("t", 3, 7, 5, {"id": "e"}, {"id": "e"})


class Parts:
    """Decoder and letters that do what a test says, in turn."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes, self.calls, self.letters = list(outcomes), 0, list[tuple[str, int]]()

    def decode(self, _: Any) -> Record:
        return RECORD

    def work(self, record: Record, _: Any) -> None:
        assert record is RECORD
        self.calls += 1
        if self.outcomes and (error := self.outcomes.pop(0)):
            raise error

    def write(self, _: Any, error: str, attempts: int) -> None:
        self.letters.append((error, attempts))


def attempts(parts: Any, letters: bool = True, **settings: Any) -> Attempts:
    own = Settings(name="c", work="x:y", **{"attempts": 3, "backoff": 0.0, **settings})
    return Attempts(own, parts.work, parts, parts if letters else None, None)


def outcome(found: Attempts, name: str) -> float:
    return found.health.registry.get_sample_value("consumer_records_total", {"topic": "t", "outcome": name}) or 0


def test_good_bad_good() -> None:
    parts = Parts(None, ValueError("a"), ValueError("b"), None)
    found = attempts(parts)
    found.run(MESSAGE)
    found.run(MESSAGE)
    assert parts.calls == 4
    assert parts.letters == []
    assert outcome(found, "done") == 2


def test_attempts_are_bounded() -> None:
    parts = Parts(*[ValueError("never")] * 9)
    found = attempts(parts)
    found.run(MESSAGE)
    assert parts.calls == 3
    assert parts.letters == [("ValueError('never')", 3)]
    assert (outcome(found, "done"), outcome(found, "dead_letter")) == (0, 1)


def test_what_passes_by_itself_is_no_attempt() -> None:
    parts = Parts(*[Temporary("database: away")] * 20, ValueError("once"), None)
    found = attempts(parts)
    found.run(MESSAGE)
    assert parts.calls == 22
    assert parts.letters == []
    assert found.health.state() == ("200 OK", "ok\n")


def test_poison_is_not_tried_again() -> None:
    parts = Parts()
    parts.decode = lambda _: (_ for _ in ()).throw(Poison("value cannot be decoded"))
    attempts(parts).run(MESSAGE)
    assert parts.letters == [("value cannot be decoded", 1)]


def test_a_letter_that_the_broker_does_not_take_is_written_again() -> None:
    parts, refusals = Parts(ValueError("x")), [Temporary("broker"), Temporary("broker")]

    def write(*given: Any) -> None:
        if refusals:
            raise refusals.pop()
        Parts.write(parts, *given)

    parts.write = write
    attempts(parts, attempts=1).run(MESSAGE)
    assert parts.letters == [("ValueError('x')", 1)]


def test_without_a_topic_for_letters_it_stops() -> None:
    with pytest.raises(Undeliverable, match="t/3/7: ValueError"):
        attempts(Parts(ValueError("x")), letters=False, attempts=1).run(MESSAGE)


@pytest.mark.parametrize("error", [Temporary("away"), ValueError("bad")])
def test_a_stop_leaves_the_record_for_the_next_start(error: Exception) -> None:
    parts = Parts(*[error] * 100)
    found = attempts(parts, attempts=1000, backoff=60, longest_backoff=60)
    threading.Timer(0.05, found.stopping.set).start()
    with pytest.raises(Stopped):
        found.run(MESSAGE)
    assert parts.letters == []
    assert outcome(found, "done") == 0


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (SchemaRegistryError(404, 40403, "no such schema"), Poison),
        (SchemaRegistryError(401, 401, "wrong key"), Temporary),
        (SchemaRegistryError(503, 503, "away"), Temporary),
        (ConnectionError("refused"), Temporary),
        (EOFError("cut"), Poison),
        (ValueError("odd"), Poison),
    ],
)
def test_a_registry_that_is_away_is_no_poison(error: Exception, kind: type[Exception]) -> None:
    decoder = Decoder.__new__(Decoder)

    def refuse(*_: object) -> None:
        raise error

    decoder.avro = refuse  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(kind):
        decoder.decode(MESSAGE)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_the_four_are_configured(file: Any) -> None:
    settings = Settings.load(file)
    assert callable(settings.function())
    assert settings.name in (ROOT / "routes.yaml").read_text()


def test_wrong_files_are_said(tmp_path: Any) -> None:
    for text in ("name: [", "nothing: 1", "name: a"):
        (tmp_path / "s.yaml").write_text(text)
        with pytest.raises(WrongSettings, match=r"s\.yaml"):
            Settings.load(tmp_path / "s.yaml")
    with pytest.raises(WrongSettings, match=r"work no\.such:thing"):
        Settings(name="a", work="no.such:thing").function()
    for text in ("", "[]", "{}", '{"consumers": {}}'):
        (tmp_path / "c.json").write_text(text)
        with pytest.raises(WrongSettings, match="no connection of a"):
            Connection.load(tmp_path / "c.json", "a")
