"""Lambda archives: the same bytes from the same sources, on every machine.

Wheels for Lambda's own platform come through uv, by the hashes of functions/<name>/requirements.lock. Files are stored
uncompressed, in order, with one date and one mode: nothing in the archive depends on where or when it was made.
"""

import base64
import hashlib
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from uv import find_uv_bin

from stacks.errors import CdcError

ROOT = Path(__file__).parents[3]
FUNCTIONS = ROOT / "functions"
PLATFORM, PYTHON = "aarch64-manylinux_2_28", "3.13"
DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can say


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip file and the base64 SHA-256 of its bytes, which is what Lambda calls its source_code_hash."""

    path: Path
    sha256: str


def cache_folder() -> Path:
    """Where archives and their wheels are kept."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "cdc-streaming" / "functions"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def digest(entries: Sequence[tuple[str, bytes]]) -> str:
    """A hash of names and contents."""
    found = hashlib.sha256()
    for name, data in entries:
        found.update(f"{name}\0{len(data)}\0".encode() + data)
    return found.hexdigest()[:16]


def wheels(lock: Path) -> Path:
    """A folder with the locked packages for Lambda's platform, made once per lock file."""
    key = hashlib.sha256(lock.read_bytes() + PLATFORM.encode() + PYTHON.encode()).hexdigest()[:16]
    target = cache_folder() / f"wheels-{key}"
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(dir=cache_folder()) as scratch:
        site = Path(scratch) / "site"
        command = [find_uv_bin(), "pip", "install", "--quiet", "--target", str(site), "--require-hashes"]
        command += ["--python-platform", PLATFORM, "--python-version", PYTHON, "--only-binary", ":all:"]
        done = subprocess.run(
            [*command, "--no-compile-bytecode", "-r", str(lock)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CdcError(
                f"the packages of {lock.relative_to(ROOT)} cannot be fetched: {done.stderr.strip()[-500:]}",
                "the first build needs the package registry; later ones use the cache",
            )
        try:
            site.rename(target)
        except OSError:
            if not target.exists():  # another process was first
                raise
    return target


def sources(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Every file under a folder by its name in the archive, without what differs between machines."""
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        noise = "__pycache__" in parts or file.name in ("RECORD", "INSTALLER", "REQUESTED", "uv_cache.json", ".lock")
        if file.is_file() and not noise and parts[0] not in ("bin", "requirements.in", "requirements.lock"):
            yield prefix + "/".join(parts), file.read_bytes()


@cache
def _build(function: str, files: tuple[str, ...]) -> Archive:
    folder = FUNCTIONS / function
    entries = dict(sources(folder, f"{function}/"))
    for pattern in files:
        entries |= {str(f.relative_to(ROOT)): f.read_bytes() for f in sorted(ROOT.glob(pattern))}
    if (lock := folder / "requirements.lock").exists():
        entries |= dict(sources(wheels(lock), ""))
    ordered = sorted(entries.items())
    target = cache_folder() / f"{function}-{digest(ordered)}.zip"
    if not target.exists():
        write(target, ordered)
    return Archive(target, base64.b64encode(hashlib.sha256(target.read_bytes()).digest()).decode())


def build(function: str, files: Sequence[str] = ()) -> Archive:
    """The archive of functions/<function> with its packages and further files of the project (glob patterns)."""
    return _build(function, tuple(files))


def write(target: Path, entries: Sequence[tuple[str, bytes]]) -> None:
    """The zip file, complete or not at all."""
    with (
        tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as scratch,
        zipfile.ZipFile(scratch, "w", zipfile.ZIP_STORED) as archive,
    ):
        for name, data in entries:
            info = zipfile.ZipInfo(name, DATE)
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    Path(scratch.name).rename(target)
