"""Everything the local environment needs on disk, in one value: installed by `install`, cheap the second time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.toolchain import cache, jars, java_classes, postgres


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Programs and jars of the environment."""

    jars: dict[str, Any]
    postgres: postgres.Postgres
    classes: dict[str, Path]

    def classpath(self, name: str) -> str:
        """A JVM class path: the set's jars joined by `:`; Flink's with our format."""
        own = [str(self.classes["flink"])] if name == "flink" else []
        return ":".join([*self.jars["classpath"][name], *own])

    def jar_files(self, name: str) -> list[Path]:
        """The set's jars."""
        return [Path(path) for path in self.jars["classpath"][name]]

    def archive(self, name: str) -> str:
        """The folder of an unpacked archive."""
        return self.jars["archives"][name]


def install(progress: cache.Progress) -> Toolchain:
    """Download what is missing (jars, about 420 MB, once) and say so as it goes."""
    progress("PostgreSQL")
    database = postgres.install()
    found = jars.install(progress)
    progress("Java classes")
    paths: dict[str, list[str]] = found["classpath"]
    compiler = paths["compiler"][0]
    needed = {"flink": paths["flink"], "connect": paths["kafka"]}
    classes = {name: java_classes.install(name, compiler, ":".join(jars)) for name, jars in needed.items()}
    return Toolchain(found, database, classes)
