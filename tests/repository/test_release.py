"""A release: its tag is the version, its notes are there, its archive is a program."""

import subprocess
import tarfile
import tomllib
from pathlib import Path

from tests.support.paths import ROOT

VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def release(tag: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / ".github" / "release"), tag, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_only_the_version_s_own_tag_is_released(tmp_path: Path) -> None:
    for tag, code in ((f"v{VERSION}", 0), ("v9.9.9", 1), ("nightly", 1), (f"v{VERSION}", 0)):
        done = release(tag, tmp_path)
        assert done.returncode == code, done.stderr
        assert code == 0 or VERSION in done.stderr
    notes = (tmp_path / "notes.md").read_text()
    assert all(f"### {kind}" in notes for kind in ("Added", "Changed", "Breaking"))
    assert "## 0.1.0" not in notes


def test_the_archive_is_what_pulumi_needs(tmp_path: Path) -> None:
    assert release(f"v{VERSION}", tmp_path).returncode == 0
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.split("/", 1)[-1] for name in tar.getnames()}
    assert {"Pulumi.yaml", "__main__.py", "requirements.txt", "stacks/program.py", "routes.yaml"} <= names
    assert not any(name.startswith(("tests/", "local/", "bench/")) for name in names)
