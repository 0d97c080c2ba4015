"""Everything the local environment needs on disk, in one value: installed by `install`, cheap the second time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.toolchain import cache, jars, postgres, pulumi_cli


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Programs and jars of the environment."""

    jars: dict[str, Any]
    postgres: postgres.Postgres

    def classpath(self, name: str) -> str:
        """A JVM class path: the set's jars joined by `:`."""
        return ":".join(self.jars["classpath"][name])

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
    return Toolchain(jars.install(progress), database)


def install_pulumi(progress: cache.Progress) -> pulumi_cli.PulumiCli:
    """Find or build the Pulumi CLI."""
    return pulumi_cli.install(progress)
