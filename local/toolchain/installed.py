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
        """A JVM class path of jars alone, joined by `:`; Flink's and Kafka's with our classes, the registry's in Quarkus' order."""
        if name == "registry":
            return ":".join(str(jar) for jar in quarkus(Path(self.archive(name))))
        own = [str(self.classes[name] / java_classes.JAR)] if name in self.classes else []
        return ":".join([*own, *self.jars["classpath"][name]])

    def jar_files(self, name: str) -> list[Path]:
        """The set's jars."""
        return [Path(path) for path in self.jars["classpath"][name]]

    def archive(self, name: str) -> str:
        """The folder of an unpacked archive."""
        return self.jars["archives"][name]


def quarkus(application: Path) -> list[Path]:
    """The jars of a Quarkus application, as its own runner would search them: that one hides them from caches of the JVM."""
    first = [application / "quarkus" / f"{name}-bytecode.jar" for name in ("transformed", "generated")]
    return first + [
        jar for name in ("app", "lib/boot", "lib/main") for jar in sorted((application / name).glob("*.jar"))
    ]


def install(progress: cache.Progress) -> Toolchain:
    """Download what is missing (jars, about 420 MB, once) and say so as it goes."""
    progress("PostgreSQL")
    database = postgres.install()
    found = jars.install(progress)
    progress("Java classes")
    paths: dict[str, list[str]] = found["classpath"]
    compiler = paths["compiler"][0]
    needed = {"flink": paths["flink"], "connect": paths["kafka"], "kafka": paths["kafka"]}
    needed["converter"] = [*paths["converter"], *paths["kafka"]]
    classes = {name: java_classes.install(name, compiler, ":".join(jars)) for name, jars in needed.items()}
    return Toolchain(found, database, classes)
