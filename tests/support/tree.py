"""Copies of the project whose files may be changed."""

import subprocess
from pathlib import Path

from tests.support.paths import ROOT

COPIED = ("Pulumi.prod.yaml", "routes.yaml", "stacks")


def tree(folder: Path) -> Path:
    """A copy of the project: what changes is copied, the rest is linked."""
    for file in subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).split():
        top = file.partition("/")[0]
        if top not in COPIED and not (folder / top).exists():
            (folder / top).symlink_to(ROOT / top)
    for name in COPIED:
        subprocess.run(["cp", "-r", str(ROOT / name), str(folder / name)], check=True)
    return folder
