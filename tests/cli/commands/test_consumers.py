"""A new consumer: files that run, an entry that the program takes, and nothing half done when it cannot be."""

import ast
import importlib
import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.consumers import languages, scaffold
from cli.planning import routes_file
from stacks.errors import CdcError
from tests.support.paths import ROOT


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own."""
    shutil.copy(ROOT / "routes.yaml", tmp_path / "routes.yaml")
    monkeypatch.setattr(scaffold, "ROOT", tmp_path)
    monkeypatch.setattr(scaffold, "FILE", tmp_path / "routes.yaml")
    return tmp_path


def test_it_is_a_program_of_few_lines(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scaffold.run("fleet-report", ["car-created", "service-done"], None) == 0
    folder = tree / "consumers" / "fleet_report"
    found = routes_file.linted(tree / "routes.yaml")
    assert found.errors == []
    assert found.routes is not None
    consumer = found.routes.consumers[-1]
    assert (consumer.name, consumer.dead_letter_topic) == ("fleet-report", "dead-letter-fleet-report")
    assert (folder / "fleet-report.yaml").read_text() == "name: fleet-report\nwork: consumers.fleet_report.work:work\n"
    for file in folder.glob("*.py"):
        ast.parse(file.read_text())
    monkeypatch.syspath_prepend(str(tree))
    try:
        work: Any = importlib.import_module("consumers.fleet_report.work")
        value = {"id": "e-1", "event_name": "Car Created", "event_type": "CarCreated", "__op": "c", "later": 1}
        work.work(SimpleNamespace(topic="filtered-car-created-events", value=value, place="t/0/1"), None)
        event = work.RECORDS["filtered-car-created-events"].of(value)
        assert (event.id, event.event_type, event.saved_date) == ("e-1", "CarCreated", None)
        assert set(work.RECORDS) == {"filtered-car-created-events", "filtered-service-events"}
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "consumers"]:
            del sys.modules[name]


@pytest.mark.parametrize(
    ("name", "route", "said"),
    [
        ("Fleet", "car-created", "is no name of a consumer"),
        ("car-consumer", "car-created", "has a consumer car-consumer"),
        ("car", "car-created", "or a group that begins so"),
        ("fleet-report", "nothing", "there is no active route nothing"),
    ],
)
def test_good_bad_good(tree: Path, name: str, route: str, said: str) -> None:
    before = (tree / "routes.yaml").read_text()
    with pytest.raises(CdcError, match=said):
        scaffold.run(name, [route], None)
    assert (tree / "routes.yaml").read_text() == before
    assert not (tree / "consumers").exists()
    assert scaffold.run("fleet-report", ["car-created"], None) == 0
    with pytest.raises(CdcError, match="is there already"):
        scaffold.run("fleet-report", ["car-created"], None)


def test_outside_of_the_repository(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(CdcError, match="is not in this repository"):
        scaffold.run("fleet-report", ["car-created"], tmp_path_factory.mktemp("elsewhere") / "x")


@pytest.mark.parametrize(
    ("language", "optional", "numbers", "raw"),
    [
        ("python", "str | None", "list[int | None]", "bytes"),
        ("java", "String", "java.util.List<Long>", "java.nio.ByteBuffer"),
        ("typescript", "string | null", "(bigint | null)[]", "Buffer"),
    ],
)
def test_types(language: str, optional: str, numbers: str, raw: str) -> None:
    kind = languages.LANGUAGES[language].kind
    assert kind(["null", "string"]) == optional
    assert kind({"type": "array", "items": ["null", "long"]}) == numbers
    assert kind({"type": "bytes"}) == raw


@pytest.mark.parametrize("language", ["java", "typescript"])
def test_other_languages_know_names_and_topics(tree: Path, language: str) -> None:
    assert scaffold.run("fleet-report", ["car-created", "service-done"], None, language) == 0
    folder = tree / "consumers" / "fleet_report"
    texts = {file.name: file.read_text() for file in folder.rglob("*") if file.is_file()}
    work = texts["Work.java" if language == "java" else "work.ts"]
    assert all(
        word in work for word in ("filtered-car-created-events", "filtered-service-events", "CarCreated", "ServiceDone")
    )
    assert all(field in work for field in ("id", "event_type", "header_data"))
    assert not [name for name, text in texts.items() if "{{" in text or "{%" in text]
    ast.parse(texts["test_fleet_report.py"])
    json.loads(texts.get("package.json", "{}"))


def test_a_language_that_nobody_wrote(tree: Path) -> None:
    with pytest.raises(CdcError, match="no starter in cobol"):
        scaffold.run("fleet-report", ["car-created"], None, "cobol")
    assert not (tree / "consumers").exists()
