"""`cdc up`: the environment, the database, the stack."""

import json
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
from migrator.schema import Dsn

from cli.client import database, stack
from cli.commands import resnapshot
from cli.console import say, step
from cli.traffic.events import Factory
from cli.traffic.writer import Writer
from local import mode
from local.engines import client
from local.environment import ROOT, Instance
from local.exclusive import changing
from local.workspace import state
from local.workspace import workspace as pulumi
from stacks import load as loading
from stacks.errors import CdcError
from stacks.routes.model import Routes
from stacks.settings.model import Settings
from stacks.settings.source_database import AuroraBackend

SEED_ROWS = 20


@dataclass(frozen=True, slots=True)
class Loaded:
    """Checked files of one stack."""

    settings: Settings
    routes: Routes


def check_files(name: str) -> Loaded:
    """Settings and routes, checked before anything is started. Raises InvalidFiles."""
    return Loaded(*loading.from_files(ROOT, name))


def admin_dsn(instance: Instance, name: str) -> str:
    """The local database as its owner."""
    return f"postgresql://postgres:{instance.secrets['postgres']}@127.0.0.1:{instance.port('postgres')}/{name}"


def prepare_database(instance: Instance, loaded: Loaded) -> int:
    """On an empty database: DDL, roles, and some rows from before the connector. Returns how many of those.

    Later runs leave everything to the stack's migrator.
    """
    backend, connector = loaded.settings.backend, loaded.settings.connector
    owner = Dsn("127.0.0.1", instance.port("postgres"), "postgres", "postgres", instance.secrets["postgres"])
    database.ensure_database(owner, backend.database)
    passwords = {role: instance.secrets[role] for role in ("cdc", "events_api")}
    own = replace(owner, database=backend.database)
    for difference in database.prepare(own, passwords, connector, loaded.routes):
        say(f"  warning: {difference}")
    dsn = admin_dsn(instance, backend.database)
    if database.rows(dsn, "public.business_events"):
        return 0
    writer = dsn.replace(f"postgres:{instance.secrets['postgres']}", f"events_api:{instance.secrets['events_api']}")
    Writer(writer, sessions=1).send(Factory(seed=int(time.time())).mixed(SEED_ROWS), rate=0)
    return SEED_ROWS


def run(plugin: pulumi.Plugin, realistic: bool | None = None) -> stack.Stack:
    """Bring the local environment up; returns the running stack. Safe to repeat, safe to interrupt.

    `realistic`: as late as the service, or not; None leaves it as it was.
    """
    loaded, instance = check_files("local"), Instance.here()
    with changing(instance, "cdc up"):
        behave(instance, realistic)
        return bring_up(instance, loaded, plugin)


def behave(instance: Instance, realistic: bool | None) -> None:
    """Write down how late the local cloud is to be. CdcError while it runs otherwise: it reads that as it starts."""
    if realistic is None or realistic == instance.mode.realistic:
        return
    if client.engines(instance) is not None:
        now, wanted = ("as late as the service", "quick") if not realistic else ("quick", "as late as the service")
        raise CdcError(f"the local environment runs {now}, and is to be {wanted}", "stop it first: ./cdc down")
    instance.folder()
    mode.keep(instance.home, replace(instance.mode, realistic=realistic))


def bring_up(instance: Instance, loaded: Loaded, plugin: pulumi.Plugin) -> stack.Stack:
    """Toolchain, engines, database, stack, and the earlier rows of sources that joined."""
    with step("Toolchain") as progress:
        client.install(progress)
        workspace = pulumi.open_workspace(instance, "local", plugin, progress)
    with step("Engines") as progress:
        client.start(instance, progress)
    with step("Database"):
        seeded = prepare_database(instance, loaded)
    if isinstance(loaded.settings.backend, AuroraBackend) and not instance.pgbouncer:
        say("  PgBouncer is not installed: the events API reaches the database without a proxy")
    if seeded:
        say(f"  {seeded} rows were written before the connector exists; its snapshot will find them")
    before, since = captured(), clock(admin_dsn(instance, loaded.settings.backend.database))
    with step("Stack local") as progress:
        progress("pulumi up")
        apply(workspace)
    running = stack.load("local")
    if before and (new := [s.name for s in running.contract.sources if s.table not in before]):
        resnapshot.joined(running, new, since)
    return running


def captured() -> set[str]:
    """The tables that the stack captures so far; none before its first update."""
    try:
        return {source.table for source in stack.load("local").contract.sources}
    except stack.NotRunning:
        return set()


def clock(dsn: str) -> str:
    """The database's time."""
    with database.connect(dsn) as connection:
        row = connection.execute("SELECT clock_timestamp()::text").fetchone()
    return row[0] if row else ""


def apply(workspace: pulumi.Workspace) -> None:
    """`pulumi up`, quiet when it goes well; a lock left by a killed run is cancelled."""
    take_over(workspace)
    arguments = [
        "up",
        "--yes",
        "--skip-preview",
        "--non-interactive",
        "--suppress-outputs",
        "--color",
        "never",
    ]
    workspace.output(arguments)


def take_over(workspace: pulumi.Workspace) -> None:
    """What a run that was killed left: a state that broke off (a power cut) goes back to the last whole one, a lock is cancelled."""
    clear_lock(workspace)
    if source := state.mend(workspace.backend, workspace.stack):
        say(f"  the stack's state broke off while it was written: going on from {source}")
    workspace.ensure_stack()  # of a state without any whole copy nothing is left


def clear_lock(workspace: pulumi.Workspace) -> None:
    """A lock of the stack whose owner is dead is from a run that was killed. CdcError while its owner lives."""
    locks = list((workspace.backend / ".pulumi" / "locks").rglob("*.json"))
    for owner in filter(None, map(lock_owner, locks)):
        raise CdcError(f"the Pulumi CLI (pid {owner}) works on the stack local", "wait until it is done, or end it")
    # A full disk leaves files that were begun: the CLI takes one for a lock, and cannot read it.
    for begun in (workspace.backend / ".pulumi").rglob("*.tmp"):
        begun.unlink()
    if locks:
        say("  an earlier run was interrupted: taking over its stack")
        workspace.output(["cancel", "--yes"])


def lock_owner(lock: Path) -> int | None:
    """The process that holds a lock of the stack; None when it is gone, or dead and not yet buried by its parent."""
    try:
        owner = psutil.Process(int(json.loads(lock.read_text())["pid"]))
        works = "pulumi" in owner.name() and owner.status() != psutil.STATUS_ZOMBIE
        return owner.pid if works else None
    except (ValueError, TypeError, LookupError, OSError, psutil.Error):
        return None
