"""Archives are the same bytes twice, hold what their handlers import, and nothing of this machine."""

import zipfile
from pathlib import Path

import pytest

from stacks.components.aws import lambda_archive

FUNCTIONS = {
    "events_api": ("schemas/events/*.json",),
    "migrator": ("schemas/postgres/*.sql",),
    "writer_target": (),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_same_bytes_twice(name: str, tmp_path: Path) -> None:
    first = lambda_archive.build(name, FUNCTIONS[name])
    with zipfile.ZipFile(first.path) as archive:
        entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
    again = tmp_path / "again.zip"
    lambda_archive.write(again, sorted(entries))
    assert again.read_bytes() == first.path.read_bytes()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_everything_is_inside(name: str) -> None:
    with zipfile.ZipFile(lambda_archive.build(name, FUNCTIONS[name]).path) as archive:
        names = archive.namelist()
        dates = {info.date_time for info in archive.infolist()}
    assert f"{name}/handler.py" in names
    assert dates == {lambda_archive.DATE}
    assert not [n for n in names if "__pycache__" in n or n.startswith("/") or n.endswith(".pyc")]
    wanted = {"events_api": "schemas/events/event.json", "migrator": "schemas/postgres/001_roles.sql"}
    assert wanted.get(name, f"{name}/handler.py") in names


def test_wheels_are_lambdas_own() -> None:
    with zipfile.ZipFile(lambda_archive.build("events_api", FUNCTIONS["events_api"]).path) as archive:
        libraries = [n for n in archive.namelist() if n.endswith(".so")]
    assert libraries
    assert all("x86_64" not in n for n in libraries)
    assert any("aarch64" in n or "cpython-313" in n for n in libraries)


def test_a_changed_source_is_another_archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = lambda_archive.build("writer_target").sha256
    folder = tmp_path / "functions" / "writer_target"
    folder.mkdir(parents=True)
    for file in (lambda_archive.FUNCTIONS / "writer_target").glob("*.py"):
        (folder / file.name).write_text(file.read_text() + "\n# changed\n")
    monkeypatch.setattr(lambda_archive, "FUNCTIONS", tmp_path / "functions")
    lambda_archive._build.cache_clear()
    try:
        assert lambda_archive.build("writer_target").sha256 != before
    finally:
        lambda_archive._build.cache_clear()
