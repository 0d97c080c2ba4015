"""A copy of this checkout with an environment of its own, whose routes may be changed."""

import copy
import os
import signal
import subprocess
import time
from pathlib import Path

import yaml

from bench.ledger.configuration import Configuration
from local.environment import ROOT
from local.workspace.checkout import copied

TAIL = 3000


class Checkout:
    """Tracked files in `folder`; environment in `folder`/home with ports from `base` on, or (None) the present one."""

    def __init__(self, folder: Path, base: int | None) -> None:
        self.root = copied(folder / "checkout")
        if base is not None:
            os.environ |= {"CDC_HOME": str(folder / "home"), "CDC_PORT_BASE": str(base)}
        self.environment = {**os.environ, "PYTHONPATH": str(self.root)}

    def write(self, configuration: Configuration) -> None:
        """routes.yaml with these routes."""
        file = self.root / "routes.yaml"
        document = yaml.safe_load((ROOT / "routes.yaml").read_text())
        table = configuration.table
        document["sources"] += [copy.deepcopy(table.declared)] if table.declared else []
        source = next(s for s in document["sources"] if s["name"] == table.source)
        json_column = next(c for c in source["columns"] if c["name"] == table.payload)
        json_column["paths"] = {"$.amount": "number"}
        document |= {
            "routes": [rule.document(name, table) for name, rule in configuration.rules.items()],
            "consumers": [],
        }
        file.write_text(yaml.safe_dump(document, sort_keys=False))

    def cdc(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command there."""
        command = [str(self.root / "cdc"), *arguments]
        return subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False)

    def up(self) -> None:
        """Apply. Raises RuntimeError with what the command said."""
        done = self.cdc("up")
        if done.returncode:
            raise RuntimeError(f"cdc up: exit {done.returncode}\n{done.stderr[-TAIL:]}")

    def interrupted_up(self, after: float) -> bool:
        """Apply, and kill -9 the command with all its children after some seconds. False when it was done by then."""
        command = [str(self.root / "cdc"), "up"]
        process = subprocess.Popen(
            command, cwd=self.root, env=self.environment, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + after
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.02)
        if process.poll() is not None:
            return False
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
