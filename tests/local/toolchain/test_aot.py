"""Caches of JVM engines: used when there is one, made of what an engine wrote down, and never in anybody's way."""

import os
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.toolchain import aot

# Writes the cache that it is asked for, unless the record is a broken one.
JVM = """#!/bin/sh
for word in "$@"; do case "$word" in
  -XX:AOTConfiguration=*) record="${word#*=}";;
  -XX:AOTCache=*) cache="${word#*=}";;
esac; done
grep -q broken "$record" && { echo "no cache of this"; exit 1; }
echo "$@" > "$cache"
"""


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> aot.Start:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    java = tmp_path / "jvm" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(JVM)
    java.chmod(0o755)
    (tmp_path / "jvm" / "release").write_text('JAVA_VERSION="25"')
    return aot.Start("engine", str(java), ("-Xmx1m",), ("-cp", "a.jar:b.jar"))


def record(start: aot.Start, home: str, text: str = "classes") -> Path:
    """What a JVM writes when it ends, where the options tell it to."""
    named = next(word for word in start.options(Path(home)) if word.startswith("-XX:AOTConfiguration="))
    file = Path(named.partition("=")[2])
    file.write_text(text)
    return file


def test_an_engine_writes_down_what_a_cache_is_made_of_and_then_uses_it(start: aot.Start) -> None:
    assert aot.RECORD in start.options(Path("/home/a"))
    assert aot.missing([start]) == ["engine"]
    file = record(start, "/home/a")
    aot.create([start])
    assert start.options(Path("/home/a")) == [f"-XX:AOTCache={start.cache}", *aot.QUIET]
    assert "-XX:AOTMode=create" in start.cache.read_text()
    assert "-Xmx1m" in start.cache.read_text()
    assert aot.missing([start]) == []
    assert not file.exists()
    assert stat.S_IMODE(aot.folder().stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "other",
    [{"flags": ("-Xmx2m",)}, {"classes": ("-cp", "b.jar:a.jar")}, {"name": "another"}],
)
def test_another_engine_flag_or_class_path_needs_another_cache(start: aot.Start, other: dict[str, Any]) -> None:
    assert replace(start, **other).cache != start.cache


def test_another_jvm_needs_another_cache(start: aot.Start) -> None:
    before = start.cache
    (Path(start.java).parents[1] / "release").write_text('JAVA_VERSION="26"')
    assert start.cache != before


def test_a_record_that_broke_off_makes_none_and_the_next_one_does(
    start: aot.Start, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = record(start, "/home/a", "broken")
    aot.create([start])
    assert "no cache of this" in capfd.readouterr().err
    assert not broken.exists()
    assert not list(aot.folder().glob("*.aot*"))
    record(start, "/home/a")
    aot.create([start])
    assert start.cache.exists()


def test_environments_do_not_write_over_each_other(start: aot.Start) -> None:
    assert record(start, "/home/a") != record(start, "/home/b")
    aot.create([start])
    assert [file.suffix for file in aot.folder().glob("engine-*")] == [".aot"]


def test_old_caches_of_other_versions_go(start: aot.Start) -> None:
    old, young = (aot.folder() / name for name in ("engine-000000000000.aot", "engine-111111111111.aot"))
    for file in (old, young):
        file.touch()
    long_ago = time.time() - aot.OLDEST - 1
    os.utime(old, (long_ago, long_ago))
    record(start, "/home/a")
    aot.create([start])
    assert sorted(aot.folder().glob("*.aot")) == sorted([young, start.cache])


def test_nobody_makes_what_another_process_makes(start: aot.Start) -> None:
    record(start, "/home/a")
    with aot.FileLock(str(aot.folder() / "lock")):
        aot.create([start])
        assert not start.cache.exists()
    aot.create([start])
    assert start.cache.exists()
