"""`cdc consumer test`: a consumer's own test, built before where its language asks for that."""

import shutil
import subprocess
import sys
from pathlib import Path

from cli.commands.consumers.languages import LANGUAGES, Language
from cli.commands.consumers.scaffold import place_of
from cli.console import step
from local.environment import ROOT
from stacks.errors import CdcError


def run(name: str) -> int:
    """pytest's exit code. CdcError for a consumer without a folder, and for what cannot be built."""
    place = place_of(name)
    if not place.is_dir():
        raise CdcError(f"{place.relative_to(ROOT)} is not there", f"./cdc consumer new {name} --route ROUTE")
    build(place, language_of(place))
    return subprocess.run([sys.executable, "-m", "pytest", "-q", str(place)], cwd=ROOT, check=False).returncode


def language_of(place: Path) -> Language:
    """By the files that are there."""
    marks = {"pom.xml": "java", "package.json": "typescript"}
    return LANGUAGES[next((found for file, found in marks.items() if (place / file).exists()), "python")]


def build(place: Path, language: Language) -> None:
    """Its commands, in its folder."""
    if missing := [program for program in language.needs if shutil.which(program) is None]:
        raise CdcError(
            f"{', '.join(missing)} is not installed", "the starter's toolchain: a JDK 17 with Maven, or Node.js 20"
        )
    for command in language.build:
        with step(" ".join(command)):
            done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CdcError(f"{' '.join(command)}: exit {done.returncode}", (done.stdout + done.stderr).strip()[-2000:])
