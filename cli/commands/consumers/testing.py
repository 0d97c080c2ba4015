"""`cdc consumer test`: a consumer's own test, with the packages that it needs."""

import subprocess
import sys

from cli.commands.consumers.scaffold import place_of
from local.environment import ROOT
from stacks.errors import CdcError


def run(name: str) -> int:
    """pytest's exit code. CdcError for a consumer without a folder."""
    place = place_of(name)
    if not place.is_dir():
        raise CdcError(f"{place.relative_to(ROOT)} is not there", f"./cdc consumer new {name} --route ROUTE")
    return subprocess.run([sys.executable, "-m", "pytest", "-q", str(place)], cwd=ROOT, check=False).returncode
