"""The engines' jars: downloaded by coordinates, each checked against the hash in the lock file."""

import hashlib
import json
import tarfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jgo.maven import MavenContext

from local.errors import LocalError
from local.toolchain import cache

LOCK = Path(__file__).parent / "locks" / "jars.json"


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked file: Maven coordinates and the SHA-256 of its bytes (hex)."""

    group: str
    artifact: str
    version: str
    classifier: str
    type: str
    sha256: str

    def __str__(self) -> str:
        return ":".join(p for p in (self.group, self.artifact, self.version, self.classifier) if p)


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock file: per set its jars in class-path order, per archive its one file."""

    sets: dict[str, list[Jar]]
    archives: dict[str, Jar]
    digest: str

    @classmethod
    def load(cls) -> "Lock":
        """Read the committed lock file."""
        text = LOCK.read_text()
        data = json.loads(text)
        sets = {name: [Jar(**jar) for jar in jars] for name, jars in data["sets"].items()}
        archives = {name: Jar(**jar) for name, jar in data["archives"].items()}
        return cls(sets, archives, hashlib.sha256(text.encode()).hexdigest()[:12])


def context() -> MavenContext:
    """A resolver that keeps its files in our cache folder."""
    return MavenContext(repo_cache=cache.root() / "maven", timeout=120)


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(maven: MavenContext, jar: Jar) -> Path:
    """The checked local file of `jar`, downloaded when it is not in the cache."""
    component = maven.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        path = Path(component.artifact(jar.classifier, jar.type).resolve())
    except Exception as error:
        raise LocalError(
            f"could not download {jar}: {error}",
            "check the network or the proxy settings and run the same command again; finished downloads are kept",
        ) from error
    if (found := sha256(path)) != jar.sha256:
        path.unlink()
        raise LocalError(
            f"{jar} has the wrong content: expected sha256 {jar.sha256}, got {found}",
            "the file was removed; run again, and if it stays wrong, do not use this network",
        )
    return path


def fetch_all(progress: cache.Progress) -> dict[Jar, Path]:
    """Every locked file, downloaded eight at a time. The set of checked files is remembered by lock digest."""
    lock = Lock.load()
    jars = list(dict.fromkeys(jar for jars in lock.sets.values() for jar in jars)) + list(lock.archives.values())
    remembered = cache.root() / f"jars-{lock.digest}.json"
    if remembered.exists():
        paths = [Path(path) for path in json.loads(remembered.read_text())]
        if all(path.exists() for path in paths):
            return dict(zip(jars, paths, strict=True))
    found: dict[Jar, Path] = {}
    maven = context()
    with cache.full_disk(), ThreadPoolExecutor(max_workers=8) as pool:
        waiting = {pool.submit(fetch, maven, jar): jar for jar in jars}
        try:
            for done, future in enumerate(as_completed(waiting), start=1):
                found[waiting[future]] = future.result()
                progress(f"jars {done}/{len(jars)}")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    remembered.write_text(json.dumps([str(found[jar]) for jar in jars]))
    return found


def unpacked(name: str, archive: Path, digest: str) -> Path:
    """The unpacked tar archive, once per lock digest."""

    def extract(folder: Path) -> None:
        # Python before 3.11.4 has no filters; the archive's hash has been checked.
        safely: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        with tarfile.open(archive) as tar:
            tar.extractall(folder, **safely)  # noqa: S202 - checked by its hash

    return cache.once(f"{name}-{digest}", extract)


def install(progress: cache.Progress) -> dict[str, Any]:
    """Download and unpack all. Returns `{"classpath": {set: [paths]}, "archives": {name: folder}}`."""
    lock = Lock.load()
    paths = fetch_all(progress)
    return {
        "classpath": {name: [str(paths[jar]) for jar in jars] for name, jars in lock.sets.items()},
        "archives": {name: str(unpacked(name, paths[jar], lock.digest)) for name, jar in lock.archives.items()},
    }
