"""Maintainers: resolve pyproject.toml once, and write one lock per group of dependencies.

Usage: python -m local.toolchain.lock_python [UV ARGUMENTS]   (`--upgrade-package NAME` takes a newer version)

requirements.txt is the program's, where `pulumi install` looks for it. Every lock is a part of requirements/development.txt,
with the same versions and hashes (a test compares them), for every platform and Python >= 3.11 (docs/adr/0013-locks.md).
"""

import subprocess
import sys

from uv import find_uv_bin

from local.environment import ROOT

WHOLE = "requirements/development.txt"
LOCKS = {
    WHOLE: ["development"],
    "requirements/local.txt": ["local"],
    "requirements/command.txt": ["command"],
    "requirements.txt": [],
}
OPTIONS = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "--quiet")


def lock(file: str, groups: list[str], further: list[str]) -> None:
    """Resolve one lock; the parts take the versions of the whole."""
    command = [find_uv_bin(), "pip", "compile", "pyproject.toml", *OPTIONS, *further, "-o", file]
    command += [option for group in groups for option in ("--group", group)]
    if file != WHOLE:
        command += ["--constraint", WHOLE]
    subprocess.run(command, cwd=ROOT, check=True)


def main() -> None:
    """The whole first, then its parts."""
    for file, groups in LOCKS.items():
        lock(file, groups, sys.argv[1:])
        print(f"wrote {file}")


if __name__ == "__main__":
    main()
