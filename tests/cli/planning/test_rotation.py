"""Generations step by step, as docs/deploy.md and the rotation's runbook tell it, and settings files that stay as they are."""

from pathlib import Path

import pytest
import yaml

from cli.planning import rotation
from stacks.errors import CdcError
from stacks.settings import load as settings_file
from stacks.settings.model import KeySettings
from tests.support.paths import ROOT


def walked(private: bool) -> list[str]:
    """Every setting of a rotation, until only one generation is left."""
    keys, seen = KeySettings(), list[str]()
    while True:
        step = rotation.step(keys, private)
        seen.append(rotation.shown(step.next))
        assert step.drops == (not step.next.kept)
        # Nobody is locked out: what is used now exists after the step, but in the one that drops.
        assert step.drops or keys.active in step.next.generations
        # What is used from now on existed before where nobody can wait for it.
        assert not private or step.next.active in keys.generations
        keys = step.next
        if step.drops:
            return seen


def test_two_applies() -> None:
    assert walked(private=False) == ['{active: "2", kept: ["1"]}', '{active: "2"}']


def test_three_where_nobody_can_wait() -> None:
    assert walked(private=True) == ['{active: "1", kept: ["2"]}', '{active: "2", kept: ["1"]}', '{active: "2"}']


def test_ten_is_after_nine() -> None:
    assert rotation.step(KeySettings(active="9", kept=["10"]), private=True).next.active == "10"
    with pytest.raises(CdcError, match="'a' is no number"):
        rotation.step(KeySettings(active="a"), private=False)


@pytest.mark.parametrize("stack", ["local", "dev", "prod"])
def test_nothing_else_of_the_file_changes(stack: str) -> None:
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    before = yaml.safe_load(text)
    for keys in (KeySettings(active="2", kept=["1"]), KeySettings(active="2"), KeySettings(active="3", kept=["2"])):
        text = rotation.written(text, keys)
        found = yaml.safe_load(text)
        assert found["config"].pop("cdc-streaming:keys") == keys.model_dump(exclude_defaults=not keys.kept)
        assert found == before
    assert text.count("cdc-streaming:keys") == 1


def test_a_setting_of_several_lines() -> None:
    text = 'config:\n  a:b: 1\n  cdc-streaming:keys:\n    active: "1"\n    kept:\n      - "0"\n  c:d: 2\n'
    assert (
        rotation.written(text, KeySettings(active="1"))
        == 'config:\n  a:b: 1\n  cdc-streaming:keys: {active: "1"}\n  c:d: 2\n'
    )
    with pytest.raises(CdcError, match="has no `config:`"):
        rotation.written("{}\n", KeySettings())


def test_the_program_reads_what_is_written(tmp_path: Path) -> None:
    text = rotation.written((ROOT / "Pulumi.dev.yaml").read_text(), KeySettings(active="2", kept=["1"]))
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(text)
    settings, findings = settings_file.from_file(file, plan_only=True)
    assert findings == []
    assert settings is not None
    assert settings.keys.generations == ["1", "2"]
