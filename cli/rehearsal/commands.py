"""The commands of a rehearsal: those of a copy of the checkout, on the environment that is rehearsed in."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.environment import Instance
from stacks.errors import CdcError
from stacks.settings.model import Settings

TAIL = 1800


class Wrong(CdcError):
    """A step did not go as an account's would have to."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The stack, its settings, the copy whose files are changed, the environment that it is applied to."""

    stack: str
    settings: Settings
    root: Path
    instance: Instance
    plugin: str

    def cdc(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the copy."""
        command = [sys.executable, "-m", "cli", *arguments]
        own = {
            "PYTHONPATH": str(self.root),
            "CDC_HOME": str(self.instance.home),
            "CDC_PORT_BASE": str(self.instance.port_base),
        }
        environment = {**os.environ, **own}
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)

    def pulumi(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The Pulumi CLI on the stack."""
        plugin = ("--plugin", self.plugin)
        return self.cdc("pulumi", *plugin, verb, "-s", self.stack, *arguments)

    def file(self) -> Path:
        """The settings, in the copy."""
        return self.root / f"Pulumi.{self.stack}.yaml"


def well(done: subprocess.CompletedProcess[str], what: str) -> str:
    """Its output. Wrong with the end of what it said."""
    if done.returncode:
        raise Wrong(f"{what}: exit code {done.returncode}\n{(done.stdout + done.stderr).strip()[-TAIL:]}")
    return done.stdout
