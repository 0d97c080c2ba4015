"""This project's local stack, whole: connector, raw topic, Flink, routed topics with their registry."""

import os
import subprocess
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bench.peers.arm import Place
from cli.client import stack
from cli.traffic.observer import key_id
from local.engines import client
from local.environment import ROOT, Instance

ELSEWHERE = ("postgres", "kafka", "aws")  # every arm's, or no part of the way


def running(port_base: int) -> Callable[[Path], AbstractContextManager[Place]]:
    """The arm, in a folder of its own."""

    @contextmanager
    def arm(folder: Path) -> Generator[Place]:
        os.environ |= {"CDC_HOME": str(folder / "home"), "CDC_PORT_BASE": str(port_base)}
        cdc("up")
        try:
            instance, found = Instance.here(), stack.load("local")
            pids = {row["name"]: row["pid"] for row in client.engines(instance) or []}
            yield Place(
                instance=instance,
                dsn=stack.local_dsn(found, "events_api"),
                topics=[r.topic for r in found.contract.routes] + [s.unrouted_topic for s in found.contract.sources],
                pids=[pid for name, pid in pids.items() if name not in ELSEWHERE],
                kafka_pid=pids["kafka"],
                identify=key_id,
            )
        finally:
            cdc("down")

    return arm


def cdc(*arguments: str) -> None:
    """Run the command; RuntimeError with what it said."""
    done = subprocess.run([str(ROOT / "cdc"), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"cdc {' '.join(arguments)}: exit {done.returncode}\n{done.stderr[-2000:]}")
