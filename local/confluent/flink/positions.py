"""Where a statement stands: the newest state its job wrote down, on the job manager's disk."""

import shutil
from pathlib import Path

from local.confluent.context import Cloud
from local.confluent.store import Document


def checkpoints(cloud: Cloud, job: str) -> Path:
    """The job's checkpoint folder."""
    return cloud.instance.folder("data", "jobmanager", "checkpoints") / job


def savepoints(cloud: Cloud) -> Path:
    """The folder of savepoints, `savepoint-JOB-…` with the first six digits of the job."""
    return cloud.instance.folder("data", "jobmanager", "savepoints")


def newest(cloud: Cloud, statement: Document) -> str:
    """The newest complete checkpoint or savepoint of the statement's job, else what it was started from.

    A savepoint whose answer nobody heard (the cloud was killed meanwhile) is on the disk and nowhere else.
    """
    job = statement["job"]
    if not job:
        return statement["savepoint"]
    complete = [*checkpoints(cloud, job).glob("chk-*/_metadata")]
    complete += savepoints(cloud).glob(f"savepoint-{job[:6]}-*/_metadata")
    found = max(complete, key=age, default=None)
    return f"file://{found.parent}" if found else statement["started_from"]


def age(metadata: Path) -> tuple[float, int]:
    """What orders them: when it was written, and the checkpoint's number where that is the same."""
    number = metadata.parent.name.removeprefix("chk-")
    try:
        written = metadata.stat().st_mtime
    except FileNotFoundError:  # a newer one took its place
        written = 0
    return written, int(number) if number.isdecimal() else 0


def forget(cloud: Cloud, job: str) -> None:
    """Remove what the job wrote down as it ran."""
    shutil.rmtree(checkpoints(cloud, job), ignore_errors=True)
