"""Bad settings and routes: every finding at once, with file, line, what was found and what to do."""

import json
import re
from pathlib import Path

import pytest

from stacks.errors import CdcError, Finding, InvalidFiles
from stacks.files.yaml_document import parse, read
from stacks.load import both
from stacks.routes import load as load_routes
from stacks.settings import load as load_settings
from stacks.settings import model as settings
from tests.support.paths import ROOT

GOOD_ROUTES = (ROOT / "routes.yaml").read_text()
GOOD_SETTINGS = (ROOT / "Pulumi.prod.yaml").read_text()


def findings_in_routes(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "routes.yaml"
    file.write_text(text)
    return [str(f) for f in load_routes.load(file)[1]]


def findings_in_settings(tmp_path: Path, text: str, plan_only: bool = True) -> list[str]:
    file = tmp_path / "Pulumi.prod.yaml"
    file.write_text(text)
    return [str(f) for f in load_settings.from_file(file, plan_only)[1]]


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("equals: CarCreated", "equal: CarCreated", "equal - unknown key"),
        (
            "field: event_type, equals: CarCreated",
            "field: event_typ, equals: CarCreated",
            "no such field (got 'event_typ')",
        ),
        ("field: event_type, equals: CarCreated", "field: event_type, equals: 5", "is a string (got 5)"),
        ("topic: filtered-car-created-events", "topic: filtered-loan-created-events", "written twice"),
        ("topic: filtered-car-created-events", "topic: Filtered Cars", "pattern"),
        ("topic: filtered-car-created-events", "topic: cars", "must start with filtered-"),
        ("  - name: car-created\n", "  - name: loan-created\n", "this name is taken"),
        ("  - name: car-created\n", "  - name: Car\n", "pattern"),
        (
            "    source: event-headers\n    topic: filtered-car",
            "    source: nope\n    topic: filtered-car",
            "no such source",
        ),
        ("routes: [car-created]", "routes: [cars]", "no such route (got 'cars')"),
        ("partitions: 6", "partitions: 0", "greater than or equal to 1"),
        ("partitions: 6", "partitions: six", "valid integer"),
        ("version: 1", "version: 2", "Input should be 1"),
        ("version: 1\n", "", "Field required"),
        ("group: car-consumer-group", "groups: car-consumer-group", "unknown key"),
        (
            "when: {field: event_type, equals: CarCreated}",
            "when: {field: event_type}",
            "exactly one operator",
        ),
        ("when: {field: event_type, equals: CarCreated}", "when: {all: []}", "at least 1 item"),
        ("equals: CarCreated}", "equals: CarCreated, isNull: true}", "exactly one operator"),
    ],
)
def test_route_findings_are_found_with_their_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = GOOD_ROUTES.replace(old, new, 1)
    assert text != GOOD_ROUTES
    found = [f for f in findings_in_routes(tmp_path, text) if words in f]
    assert found, findings_in_routes(tmp_path, text)
    assert found[0].startswith("routes.yaml:")
    assert int(found[0].split(":")[1]) >= 1


def test_the_line_is_the_right_one(tmp_path: Path) -> None:
    text = GOOD_ROUTES.replace("topic: filtered-service-events", "topic: services")
    (finding,) = findings_in_routes(tmp_path, text)
    assert finding.startswith(f"routes.yaml:{line_of(text, 'topic: services')}:5: routes.3.topic - ")


def test_all_findings_of_both_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text(
        GOOD_ROUTES.replace("equals: CarCreated", "equals: 1").replace("[car-created]", "[x]")
    )
    (tmp_path / "Pulumi.prod.yaml").write_text(
        GOOD_SETTINGS.replace("backupDays: 14", "backupDays: 1").replace("maxCfu: 10", "maxCfu: 7")
    )
    with pytest.raises(InvalidFiles) as caught:
        both(load_settings.from_file(tmp_path / "Pulumi.prod.yaml", True), load_routes.load(tmp_path / "routes.yaml"))
    assert len(caught.value.findings) == 4
    assert caught.value.message.startswith("4 findings in settings or routes:\n  Pulumi.prod.yaml:")


STANDARD = "type: standard\n    name: events\n    availability: MULTI_ZONE"
POSTGRES = """config:
  cdc-streaming:environment: {name: cdc-x}
  cdc-streaming:kafka: {type: dedicated, name: events, availability: MULTI_ZONE, region: us-east-1, cku: 2}
  cdc-streaming:backend: {kind: postgres, host: db.example.com, database: events, sslMode: require}
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("cku: 2", "cku: 1", "MULTI_ZONE needs cku of at least 2"),
        ("host: db.example.com", "host: db.proxy-x.example.com", "RDS Proxy"),
        ("sslMode: require", "sslMode: none", "'disable', 'prefer'"),
        ("host: db.example.com, ", "", "Field required"),
    ],
)
def test_findings_of_an_existing_database(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert findings_in_settings(tmp_path, POSTGRES) == []
    found = findings_in_settings(tmp_path, POSTGRES.replace(old, new, 1))
    assert any(words in f for f in found), found


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("type: enterprise", "type: huge", "huge"),
        ("maxEcku: 4", "maxEcku: 1", "availability HIGH needs maxEcku of at least 2"),
        (
            "type: enterprise\n    name: events\n    availability: HIGH",
            STANDARD,
            "privatelink does not go with kafka.type standard: use kafka.type enterprise",
        ),
        ("kind: privatelink\n      ingress: gateway", "kind: public", "kafka.type enterprise is private"),
        ("      ingress: gateway\n", "", "backend.connectivity.ingress"),
        ("ingress: gateway", "ingress: peering", "'gateway' or 'attachment'"),
        ("instances: 2", "instances: 1", "without a reader a failover takes ten minutes"),
        ("us-east-1a", "use1-1", "pattern"),
        ("us-east-1a", "eu-west-1a", "backend.vpc.zones eu-west-1a are not in kafka.region us-east-1"),
        ("cidr: 10.30.0.0/16", "cidr: 10.30.0.0/8", "not an IPv4 network"),
        ("cidr: 10.30.0.0/16", "cidr: 10.0.0.0/12", "between /16 and /24"),
        ("zones: [us-east-1a, us-east-1b, us-east-1c]", "zones: [us-east-1a]", "at least 2 items"),
        ("backupDays: 14", "backupDays: 1", "greater than or equal to 7"),
        ("instanceClass: db.r8g.large", "instanceClass: r8g.large", "pattern"),
        ("instanceClass: db.r8g.large", "instanceClass: db.serverless", "serverless needs a scaling configuration"),
        ("name: cdc-prod", "name: cdc--prod", "AWS takes no name with --"),
        ("name: cdc-prod", "name: cdc-", "with - at its end"),
        ("name: cdc-prod", "name: sg-prod", "sg- and internal-"),
        ("name: cdc-prod", "name: internal-prod", "sg- and internal-"),
        ("kind: aurora", "kind: mysql", "mysql"),
        ("email: on-call@example.com", "email: nobody", "pattern"),
        ("confluent: slack", "confluent: pager", "'slack', 'teams' or 'webhook'"),
        ("repository: example/cdc-streaming", "repository: cdc-streaming", "pattern"),
        ("maxCfu: 10", "maxCfu: 7", "5, 10, 20, 30, 40 or 50"),
        ("maxCfu: 10", "max_cfu: 10\n    bogus: 1", "bogus - unknown key"),
        ("region: us-east-1", "region: Virginia", "pattern"),
        ("cdc-streaming:protect: true", 'cdc-streaming:protect: "yes"', "valid boolean"),
        ("cdc-streaming:protect: true", "cdc-streaming:protct: true", "protct - unknown key"),
    ],
)
def test_setting_findings_are_found(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = GOOD_SETTINGS.replace(old, new, 1)
    assert text != GOOD_SETTINGS
    found = findings_in_settings(tmp_path, text)
    assert any(words in f for f in found), found
    assert all(f.startswith("Pulumi.prod.yaml:") and " cdc-streaming:" in f for f in found)


def test_a_missing_secret_names_the_command(tmp_path: Path) -> None:
    found = findings_in_settings(tmp_path, GOOD_SETTINGS, plan_only=False)
    for name in ("databasePassword", "eventsApiPassword", "notificationUrl"):
        assert any(f"pulumi config set --secret cdc-streaming:{name}" in finding for finding in found)
    assert len(found) == 3


def test_settings_from_a_running_program_are_the_same(tmp_path: Path) -> None:
    import yaml

    config = yaml.safe_load(GOOD_SETTINGS)["config"]
    handed_over = {k: v if isinstance(v, str) else json.dumps(v) for k, v in config.items()}
    for name in settings.SECRETS:
        handed_over[f"cdc-streaming:{name}"] = "x"
    file = tmp_path / "Pulumi.prod.yaml"
    file.write_text(GOOD_SETTINGS)
    assert load_settings.from_config(handed_over, file) == load_settings.from_file(file, True)


def test_a_key_that_is_written_twice() -> None:
    with pytest.raises(InvalidFiles, match=r"f\.yaml:2:1: a - this key is written twice"):
        parse("a: 1\na: 2\n", "f.yaml")


def test_broken_yaml_names_the_place() -> None:
    with pytest.raises(CdcError, match=r"f\.yaml:2:\d+: \(file\) - not valid YAML"):
        parse("a: 1\n  b: [\n", "f.yaml")


def test_words_like_on_stay_words() -> None:
    assert parse("on: no\nreally: true\n", "f.yaml").data == {"on": "no", "really": True}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", 10), ("-010", -10), ("0o10", 8), ("0x1F", 31), ("22:22", "22:22"), ("1_000", "1_000"), ("+5", 5), ("1e3", 1000.0),
        ("1.", 1.0), (".5", 0.5), ("1.5e-3", 0.0015), ("0b11", "0b11"), ("2026-01-31", "2026-01-31"), ("=", "="), ("~", None), ("yes", "yes"),
    ],
)  # fmt: skip
def test_numbers_are_those_of_yaml_1_2(text: str, value: object) -> None:
    found = parse(f"a: {text}\n", "f.yaml").data["a"]
    assert (found, type(found)) == (value, type(value))


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"a: .inf\n", r"1:4: .*not a finite number"),
        (b"a: -.INF\n", "not a finite number"),
        (b"a: .nan\n", "not a finite number"),
        (b"a: " + b"9" * 5000, "a number of more than 1000 digits"),
        (b"b: 1\na: \xff\xfe\n", "2:1: .*not UTF-8"),
        ("a: é".encode("utf-16"), "not UTF-8"),
        (b"a: \x01\n", "not valid YAML"),
        (b"[" * 100_000, "nested deeper than 50"),
        (b"{a: " * 100_000, "nested deeper than 50"),
        (b"- " * 100_000, "nested deeper than 50"),
        (BOMB.encode(), r"\d+:\d+: .*more than 100000 values"),
        (b"a: &a [*a]\n", "an alias of the value that it stands in"),
        (b"a: *nothing\n", "not valid YAML"),
        (b"? [a]\n: b\n", "not valid YAML"),
        (b"a: !!python/object/apply:os.system [x]\n", "not valid YAML"),
        (b"a: !!int x\n", "not valid YAML"),
        (b"- x\n" * 12_000_000, "larger than"),
        (b"\0" * 1000, "not valid YAML"),
    ],
    ids=range(18),
)
def test_any_content_ends_in_a_finding(raw: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "routes.yaml"
    file.write_bytes(raw)
    with pytest.raises(InvalidFiles, match=r"routes\.yaml:\d+:\d+") as refused:
        read(file)
    assert re.search(words, str(refused.value))
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read(file).data == {"a": 1}


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CdcError, match=r"routes\.yaml: cannot be read"):
        load_routes.load(tmp_path / "routes.yaml")


def test_findings_are_ordered_by_line() -> None:
    made = [Finding("r", ("b",), "x", where="f:10:1"), Finding("r", ("a",), "x", where="f:9:1")]
    assert [f.where for f in InvalidFiles(made).findings] == ["f:9:1", "f:10:1"]
