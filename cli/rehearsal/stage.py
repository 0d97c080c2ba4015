"""Where a rehearsal takes place: a copy of the checkout, and an environment that ends with it."""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from cli.commands import up
from cli.rehearsal.commands import Rehearsal
from local import mode
from local.engines import client
from local.environment import PORTS, Instance
from local.workspace.checkout import copied
from stacks.errors import CdcError

FIRST, LAST, EVERY = 26400, 60000, 100  # where its ports may begin


def free_ports() -> int:
    """The first base from which all ports are free. CdcError when there is none."""
    for base in range(FIRST, LAST, EVERY):
        if all(free(base + number) for number in range(len(PORTS))):
            return base
    raise CdcError(f"no {len(PORTS)} free ports in a row between {FIRST} and {LAST}", "stop what uses them")


def free(port: int) -> bool:
    """Does nobody listen there?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


@contextmanager
def stage(stack: str, loaded: up.Loaded, plugin: str, keep: bool) -> Generator[Rehearsal]:
    """Everything made; at the end the environment is stopped and forgotten, with the copy, unless they are kept."""
    folder = Path(tempfile.mkdtemp(prefix=f"cdc-rehearsal-{stack}-"))
    home, base = folder / "home", free_ports()
    before = {name: os.environ.get(name) for name in ("CDC_HOME", "CDC_PORT_BASE")}
    os.environ |= {"CDC_HOME": str(home), "CDC_PORT_BASE": str(base)}  # who asks for the environment gets this one
    instance = Instance.here()
    try:
        instance.folder()
        mode.keep(home, mode.Mode(stack, realistic=True))
        root = copied(folder / "checkout")
        yield Rehearsal(stack=stack, settings=loaded.settings, root=root, instance=instance, plugin=plugin)
    finally:
        if not keep:
            client.stop(instance, lambda _: None)
            client.purge(instance)
            shutil.rmtree(folder, ignore_errors=True)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def prepared(it: Rehearsal, loaded: up.Loaded, progress: Callable[[str], None]) -> str:
    """Engines, and the database as an account has it."""
    client.install(progress)
    client.start(it.instance, progress)
    seeded = up.prepare_database(it.instance, loaded)
    return f"{seeded} rows were written before the connector exists"
