"""The business file here, and as it was at a commit."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from stacks.errors import CdcError, Finding, InvalidFiles
from stacks.files import yaml_document
from stacks.files.yaml_document import Document
from stacks.routes import lint, value_files
from stacks.routes import load as load_routes
from stacks.routes.model import Routes, Source

from local.environment import ROOT  # isort: skip

NAME = "routes.yaml"


@dataclass(frozen=True, slots=True)
class Linted:
    """A file and everything that was found in it; `routes` is None when it could not be understood."""

    document: Document
    routes: Routes | None
    findings: list[Finding]

    @property
    def errors(self) -> list[Finding]:
        """What stops an update."""
        return [finding for finding in self.findings if finding.severity == "error"]


def linted(path: Path) -> Linted:
    """Read and lint. Raises CdcError when it is not YAML."""
    document, found, findings = load_routes.parsed(path)
    return Linted(document, found, findings if found is None else lint.check(found, document))


def here() -> Routes:
    """The file of this checkout. Raises InvalidFiles."""
    found = linted(ROOT / NAME)
    if found.errors or found.routes is None:
        raise InvalidFiles(found.errors)
    return found.routes


def at(reference: str) -> Routes:
    """The file as it was at a commit. Raises CdcError when it cannot be read there."""
    with tempfile.TemporaryDirectory() as folder:
        file = copied(reference, NAME, Path(folder))
        for *_, name in value_files.references(yaml_document.read(file).data):
            copied(reference, name, Path(folder))
        _, found, findings = load_routes.parsed(file)
    if found is None:
        raise CdcError(
            f"{NAME} at {reference} is not in today's language:\n  {findings[0]}", "compare with a later commit"
        )
    return found


def copied(reference: str, name: str, folder: Path) -> Path:
    """A file as it was at a commit. Raises CdcError when it cannot be read there."""
    command = ["git", "show", f"{reference}:./{name}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise CdcError(f"{name} cannot be read at {reference}: {said}", "is the reference right, and fetched?")
    file = folder / name
    if not file.resolve().is_relative_to(folder.resolve()):
        raise CdcError(f"{name} is not below the folder of {NAME}", "write it like values/customers.yaml")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(done.stdout)
    return file


def source_named(business: Routes, name: str | None) -> Source:
    """A source by name; the only one when there is no name."""
    names = ", ".join(source.name for source in business.sources)
    if name is None and len(business.sources) > 1:
        raise CdcError("there are several sources", f"choose one: --source {names}")
    for source in business.sources:
        if name in (None, source.name):
            return source
    raise CdcError(f"there is no source {name!r}", f"known: {names}")
