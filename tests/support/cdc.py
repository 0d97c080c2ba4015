"""The command, run as a user runs it."""

import subprocess
import sys

from tests.support.paths import ROOT


def cdc(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in the environment of the tests."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
