"""What pages say of a stack that is well, of one that is not, and of names that are markup."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.client.consumers import Reader
from cli.doctor.probe import Finding, Result
from cli.web import pages, records
from cli.web.rendering import age, sparkline
from stacks.errors import CdcError
from tests.cli.doctor.healthy import TOPICS
from tests.cli.web.console import Console

STYLE = Path(pages.__file__).parent / "static" / "style.css"


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(monkeypatch)


def health(text: str, name: str) -> str:
    """The class of a part's cell in the pipeline's table."""
    found = re.search(rf">{re.escape(name)}</a></td><td class=\"(\w+)\">", text)
    assert found, name
    return found[1]


def test_a_healthy_pipeline(console: Console) -> None:
    text = console.page("/")
    for name in ("public.event_headers", "postgres-cdc", TOPICS[0], TOPICS[3], "cdc-local-event-headers"):
        assert health(text, name) == "ok"
    assert "running, heartbeat 4.0 s" in text


@pytest.mark.parametrize(
    ("part", "value", "name"),
    [
        ("connector_status", {"connector": {"state": "FAILED"}, "tasks": []}, "postgres-cdc"),
        ("statement", lambda _: {"status": {"phase": "FAILED"}}, "cdc-local-event-headers"),
        ("slot", {"active": False, "behind": 0, "kept": 5, "confirmed": 1}, "public.event_headers"),
    ],
)
def test_good_bad_good(console: Console, part: str, value: object, name: str) -> None:
    assert health(console.page("/"), name) == "ok"
    before = getattr(console.facts, part)
    setattr(console.facts, part, value)
    console.live.look()
    assert health(console.page("/"), name) == "bad"
    setattr(console.facts, part, before)
    console.live.look()
    assert health(console.page("/"), name) == "ok"


def test_rates_over_some_seconds(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    first = console.live.history[0]
    monkeypatch.setattr(
        console.live, "history", type(console.live.history)([type(first)(first.families, first.at - 20, 0)])
    )
    console.live.look()
    ends = [console.live.ends(one)[TOPICS[0]] for one in console.live.history]
    rate = (ends[1] - ends[0]) / (console.live.history[1].at - console.live.history[0].at)
    assert 0 < rate == console.live.rates()[TOPICS[0]]
    assert f"{rate:.1f}/s" in console.page("/topics")


def test_consumers(console: Console) -> None:
    console.facts.readers = {"car-consumer": Reader("car-consumer", "car-consumer-group", 1234, 900.0)}
    console.live.look()
    text = console.page("/consumers")
    assert "1,234" in text
    assert "15 min" in text
    assert '<polyline points="' in text
    assert health(console.page("/"), "car-consumer-group") == "warn"


def test_findings_are_on_every_page(console: Console) -> None:
    finding = Finding("the slot <b>cdc</b> is gone", "somebody dropped it", "./cdc connector skip --yes")
    console.live.results = [Result("slot-is-there", "slot", "failed", "docs/runbooks/slot.md", [finding])]
    for path in ("/", "/topics", "/consumers"):
        text = console.page(path)
        assert "the slot &lt;b&gt;cdc&lt;/b&gt; is gone" in text
        assert "./cdc connector skip --yes" in text


def test_connectors_secrets_are_not_shown(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {
        "database.password": "hunter2",
        "kafka.api.key": "KEY7",
        "database.hostname": "db",
        "x.sasl.jaas.config": "J8",
    }
    status = {"name": "postgres-cdc", "connector": {"state": "RUNNING", "trace": "a <trace>"}, "tasks": [{"id": 0, "state": "RUNNING"}]}  # fmt: skip
    client: Any = SimpleNamespace(
        status=lambda: status, offsets=lambda: [], path="/c", rest=SimpleNamespace(get=lambda _: {"config": config})
    )
    monkeypatch.setattr(pages, "ConnectorClient", lambda _: client)
    text = console.page("/connector")
    assert "a &lt;trace&gt;" in text
    assert "database.hostname" in text
    for secret in ("hunter2", "KEY7", "J8"):
        assert secret not in text


def test_what_cannot_be_asked_is_said(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Any:
        raise CdcError("CONFLUENT_CLOUD_API_KEY is not set", "a Cloud API key of the deployer")

    monkeypatch.setattr(pages, "ConnectorClient", refuse)
    monkeypatch.setattr(pages.rest, "statement", refuse)
    assert "CONFLUENT_CLOUD_API_KEY is not set" in console.page("/connector")
    assert "CONFLUENT_CLOUD_API_KEY is not set" in console.page("/statements")
    monkeypatch.setattr(pages.dead_letters, "read", refuse)
    text = console.page("/dead-letters", 502)
    assert "CONFLUENT_CLOUD_API_KEY is not set" in text
    assert "a Cloud API key of the deployer" in text


@pytest.mark.parametrize("topic", ["__consumer_offsets", "postgres-cdc", "car-consumer-group", "public.event_headers"])
def test_topics_of_others(console: Console, topic: str) -> None:
    assert "is no topic of the stack local" in console.page(f"/topics/{topic}", 502)


class Message:
    """A record that was read."""

    def __init__(self, topic: str, place: tuple[int, int], at: int) -> None:
        self.topic, self.partition, self.offset = (lambda: topic), (lambda: place[0]), (lambda: place[1])
        self.timestamp, self.key = (lambda: (1, at)), (lambda: b"e-1")


def test_where_a_record_came_from_and_went_to(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"id": "e-1", "event_type": "CarCreated", "__op": "c", "__source_ts_ms": 1000, "__lsn": 7}
    raw, routed = Message(TOPICS[0], (1, 5), 1010), Message(TOPICS[3], (0, 9), 1030)
    older = Message(TOPICS[0], (1, 4), 900)
    values = {raw: row, routed: row, older: {**row, "__lsn": 6}}

    class Decoder:
        def __init__(self, *_: object) -> None: ...

        def readable(self, message: Message) -> tuple[Any, Any]:
            return {"id": "e-1"}, values[message]

        def key(self, data: bytes) -> Any:
            return {"id": data.decode()}

        def shown(self, data: bytes, decode: Any) -> Any:
            return decode(data)

    def since(_: object, topics: list[str], __: int) -> Any:
        return (one for one in values if one.topic() in topics)

    console.live.__dict__["decoder"] = Decoder()
    monkeypatch.setattr(records.recent, "since", since)
    monkeypatch.setattr(records.recent, "latest", lambda _, topic, __: since(_, [topic], 0))
    monkeypatch.setattr(records.recent, "at", lambda *_: routed)
    text = console.page(f"/topics/{TOPICS[3]}/0/9")
    assert f"/topics/{TOPICS[0]}/1/5" in text  # the one with its log position, not the older one
    assert f"/topics/{TOPICS[0]}/1/4" not in text
    assert "takes it" in text
    assert "event_type equals &#39;LoanCreated&#39;, but it is &#39;CarCreated&#39;" in text
    assert "e-1" in console.page(f"/topics/{TOPICS[0]}?key=e-1")
    assert "0 found" in console.page(f"/topics/{TOPICS[0]}?key=%3Cscript%3E")


def luminance(colour: str) -> float:
    parts = [
        int(part, 16) / 255 for part in re.findall("..", colour if len(colour) == 6 else "".join(2 * c for c in colour))
    ]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast_is_aa(scheme: int) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text."""
    block = re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([a-z-]+): #([0-9a-f]+)", block))
    text = ("text", "quiet", "link", "ok", "bad", "warn")
    pairs = [(one, ground) for one in text for ground in ("back", "panel")]
    pairs += [(one, f"{kind}-fill") for one in ("text", "quiet") for kind in ("ok", "bad", "warn", "unknown")]
    for front, ground in pairs:
        one, other = sorted((luminance(colours[front]), luminance(colours[ground])))
        assert (other + 0.05) / (one + 0.05) >= 4.5, (front, ground)


def test_for_people() -> None:
    assert [age(value) for value in (None, 0.42, 59, 200, 10_000, 300_000)] == [
        "–",
        "0.4 s",
        "59 s",
        "3 min",
        "3 h",
        "3 d",
    ]
    assert sparkline([]) == ""
    assert sparkline([(0, 0), (3600, 10)]) == "0.0,34.0 240.0,2.0"
