"""Records graphs of many trees from one process, which has imported the SDKs once and forks for each: seconds less a graph.

As a program (`python recorder.py`, jobs on standard input) it is that process.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Job = tuple[Path, str, dict[str, Any]]  # root of the tree, stack, outputs of the update before
AT_ONCE = 2
OWN = ("cli", "local", "plugins", "policies", "stacks")


def record(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """The recorded graph of each job, in their order."""
    with tempfile.TemporaryDirectory() as folder:
        work = [{"root": str(root), "stack": stack, "last": last} for root, stack, last in jobs]
        text = json.dumps({"folder": folder, "jobs": work})
        subprocess.run([sys.executable, __file__], input=text, text=True, check=True)
        return [json.loads((Path(folder) / f"{number}.json").read_text()) for number in range(len(jobs))]


def one(number: int, job: dict[str, Any], folder: Path) -> None:
    """In a child: the tree's own code, as `cdc plan` runs it."""
    (folder / f"{number}.in").write_text(json.dumps(job["last"]))
    os.chdir(job["root"])
    sys.path[0] = job["root"]
    sys.argv = ["recording", job["stack"]]
    with (folder / f"{number}.in").open() as last, (folder / f"{number}.json").open("w") as graph:
        sys.stdin, sys.stdout = last, graph
        import runpy

        runpy.run_module("cli.planning.recording", run_name="__main__")


def warm() -> None:
    """Load all of the SDKs that the program uses, and forget the program: each tree has its own.

    The SDKs' modules load themselves at the first use of something in them: importing them here would load nothing.
    """
    sys.path.insert(0, str(Path(__file__).parents[2]))
    import cli.planning.recording  # noqa: F401
    import stacks.program  # noqa: F401

    for name in [name for name in sys.modules if name.partition(".")[0] in OWN]:
        del sys.modules[name]
    del sys.path[0]


def main() -> None:
    """Fork for each job, two at a time; exit code 1 when one of them failed."""
    warm()
    given = json.load(sys.stdin)
    running = failed = 0
    for number, job in enumerate(given["jobs"]):
        if running == AT_ONCE:
            failed += os.wait()[1] != 0
            running -= 1
        if os.fork() == 0:
            one(number, job, Path(given["folder"]))
            sys.exit(0)
        running += 1
    for _ in range(running):
        failed += os.wait()[1] != 0
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
