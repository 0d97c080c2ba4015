"""A folder for a checkout and an environment that end with the measurement."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from cli.commands import down


@contextmanager
def folder(name: str, port_base: int, keep: bool = False) -> Generator[Path]:
    """An empty one. At the end the environment in its `home`, on ports from `port_base`, is stopped and forgotten, unless it is kept."""
    made = Path(tempfile.mkdtemp(prefix=f"cdc-{name}-"))
    try:
        yield made
    finally:
        if not keep:
            os.environ |= {"CDC_HOME": str(made / "home"), "CDC_PORT_BASE": str(port_base)}
            down.run(purge=True)
            shutil.rmtree(made, ignore_errors=True)
