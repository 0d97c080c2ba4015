"""A team's schemas of events: good, bad of several kinds, good."""

import json
import shutil
from pathlib import Path

import pytest
from events_api import validation

from cli.commands import generate
from cli.commands.send import Batch
from cli.traffic import schemas
from stacks.errors import CdcError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of ours, which a test may spoil."""
    copy = tmp_path / "events"
    shutil.copytree(validation.schemas(), copy)
    monkeypatch.setattr(validation, "schemas", lambda: copy)
    return copy


BAD = [
    ("{", "events/own.json: not JSON: Expecting property name"),
    ("[]", "events/own.json: not a schema with an $id"),
    (json.dumps({"type": "object"}), "events/own.json: not a schema with an $id"),
    (json.dumps({"$id": "urn:own", "$ref": "urn:nowhere"}), "events/own.json: Resource 'urn:nowhere' is not present"),
    (json.dumps({"$id": "urn:own", "type": 5}), "events/own.json: 5 is not valid under any of the schemas"),
]


@pytest.mark.parametrize(("text", "words"), BAD)
def test_what_is_wrong_is_said_with_its_file(folder: Path, text: str, words: str) -> None:
    check = schemas.check.__wrapped__
    check()
    (folder / "own.json").write_text(text)
    with pytest.raises(CdcError) as caught:
        check()
    assert words in caught.value.message
    assert caught.value.hint
    (folder / "own.json").write_text(json.dumps({"$id": "urn:own", "type": "object"}))
    check()


def test_nothing_is_generated_from_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schemas.check.cache_clear()
    (folder / "own.json").write_text("{")
    with pytest.raises(CdcError, match=r"own\.json: not JSON"):
        generate.run(Batch(count=3, rate=0, kinds=[], seed=1), "small")
    assert capsys.readouterr().out == ""
    monkeypatch.undo()
    generate.run(Batch(count=3, rate=0, kinds=[], seed=1), "small")
    assert len(capsys.readouterr().out.splitlines()) == 3
