"""An engine's first start makes its data: a database cluster, a log folder, tables. Half of that is worth nothing.

PostgreSQL's initdb, Kafka's format and the registry's tables are each made in many steps, and an engine that finds half of them
does not start (initdb writes PG_VERSION first). Until an engine was ready once, nobody has stored anything with it: what a
power cut leaves is thrown away.
"""

import shutil
from pathlib import Path


def mark(data: Path) -> Path:
    """Beside the data folder, as long as its engine was never ready."""
    return data.with_name(f"{data.name}.new")


def begin(data: Path) -> None:
    """Before each start. A folder without a mark has been in use and is left alone."""
    if not data.exists():
        data.parent.mkdir(parents=True, exist_ok=True)
        mark(data).touch()
    elif mark(data).exists():
        shutil.rmtree(data)
    data.mkdir(exist_ok=True)


def done(data: Path) -> None:
    """The engine was ready: what it holds from now on is kept."""
    mark(data).unlink(missing_ok=True)
