"""A copy of this checkout, whose files may be changed."""

import shutil
import subprocess
from pathlib import Path

from local.environment import ROOT
from local.errors import LocalError


def copied(target: Path) -> Path:
    """Every file that git tracks or would take in, in a folder. LocalError outside of a git checkout."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        raise LocalError(f"{ROOT} cannot be copied: {listed.stderr.strip()[-200:]}", "it must be a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target
