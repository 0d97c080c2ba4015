"""The user's cache folder: shared by checkouts, filled atomically, safe to delete."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from local.errors import LocalError

Progress = Callable[[str], None]


def root() -> Path:
    """`$XDG_CACHE_HOME/cdc-streaming`, or the same under `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "cdc-streaming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The cached folder `name`, made by `make(folder)` if it is not there yet.

    `make` fills a scratch folder that is renamed when it is complete, so a killed run leaves nothing half done;
    two runs at once wait for each other.
    """
    target = root() / name
    if target.exists():
        return target
    with FileLock(str(root() / f".{name}.lock")), full_disk():
        if target.exists():
            return target
        scratch = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=root()))
        try:
            make(scratch)
            scratch.chmod(0o755)
            scratch.rename(target)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
    return target


@contextmanager
def full_disk() -> Generator[None]:
    """Turn "no space left" into a message that names the folder."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise LocalError(
            f"the disk is full while filling the cache folder {root()}",
            "free about 3 GB (or set XDG_CACHE_HOME to a roomier disk) and run the same command again",
        ) from error
