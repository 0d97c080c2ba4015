"""Maintainers: resolve jars.toml with Maven (`mvn` on PATH) and write locks/jars.json.

Usage: python -m local.toolchain.lock_jars
"""

import json
import re
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from local.toolchain import jars

PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:list"
RESOLVED = re.compile(r"^\s+([\w.-]+):([\w.-]+):jar:(?:([\w.-]+):)?([\w.-]+):(?:compile|runtime)")


def pom(name: str, coordinates: list[str]) -> str:
    """A throw-away project that depends on the coordinates."""
    parts = "".join(
        f"<dependency><groupId>{g}</groupId><artifactId>{a}</artifactId><version>{v}</version></dependency>"
        for g, a, v in (c.split(":") for c in coordinates)
    )
    head = f"<modelVersion>4.0.0</modelVersion><groupId>lock</groupId><artifactId>{name}</artifactId>"
    return f"<project>{head}<version>1</version><dependencies>{parts}</dependencies></project>"


def resolve(name: str, coordinates: list[str]) -> list[dict[str, str]]:
    """The runtime class path Maven chooses, in its order."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pom.xml"
        file.write_text(pom(name, coordinates))
        out = Path(folder) / "list.txt"
        options = ["-q", "-B", f"-DoutputFile={out}", "-DincludeScope=runtime"]
        subprocess.run(["mvn", *options, "-f", str(file), PLUGIN], check=True)
        found = [match.groups() for match in map(RESOLVED.match, out.read_text().splitlines()) if match]
    return [{"group": g, "artifact": a, "version": v, "classifier": c or "", "type": "jar"} for g, a, c, v in found]


def hashed(entry: dict[str, str]) -> dict[str, str]:
    """The entry with the hash of its file."""
    component = jars.context().project(entry["group"], entry["artifact"]).at_version(entry["version"])
    path = Path(component.artifact(entry["classifier"], entry["type"]).resolve())
    return {**entry, "sha256": jars.sha256(path)}


def main() -> None:
    """Write the lock file."""
    wanted: dict[str, Any] = tomllib.loads((Path(__file__).parent / "jars.toml").read_text())
    sets = {name: [hashed(e) for e in resolve(name, c)] for name, c in wanted["sets"].items()}
    keys = ("group", "artifact", "version", "classifier", "type")
    archives = {name: hashed(dict(zip(keys, c.split(":"), strict=True))) for name, c in wanted["archives"].items()}
    jars.LOCK.write_text(json.dumps({"sets": sets, "archives": archives}, indent=1) + "\n")
    print(f"wrote {jars.LOCK.name}: {', '.join(f'{n} {len(j)}' for n, j in sets.items())}")


if __name__ == "__main__":
    main()
