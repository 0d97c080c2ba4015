"""`cdc rehearse STACK`: its committed settings, applied to the local cloud in its realistic mode, from the first `up` to `destroy`."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict

from cli.commands import up
from cli.console import data, say, step, table
from cli.rehearsal import network, stage, steps
from cli.rehearsal.commands import Rehearsal, Wrong
from cli.rehearsal.outcome import Outcome, timed
from local.workspace.workspace import Plugin, refuse_missing_stock
from stacks.errors import CdcError

Step = tuple[str, Callable[[Rehearsal], str]]
REST: tuple[Step, ...] = (
    ("up", steps.apply),
    ("refresh", steps.refreshed),
    ("deploy", steps.deployed),
    ("route change", steps.route_changed),
    ("rotation", steps.rotated),
    ("drift", steps.drifted),
    ("destroy", steps.destroyed),
)
RECORDED = "AWS has no engine here: its resources are recorded, but for database, functions, secrets and API"


def run(stack: str, plugin: Plugin, keep: bool, as_json: bool) -> int:
    """Exit code 1 when a step went wrong: nothing after it is tried."""
    if stack == "local":
        raise CdcError("local is no rehearsal", "it is ./cdc up; rehearsed are dev, prod and others that are there")
    refuse_missing_stock(plugin)
    loaded, found = up.check_files(stack), list[Outcome]()
    with stage.stage(stack, loaded, plugin, keep) as it:
        try:
            perform(it, loaded, found)
        except Wrong as error:
            say(f"✘ {error.message}")
            if error.hint:
                say(f"  hint: {error.hint}")
        if keep:
            say(f"kept: CDC_HOME={it.instance.home} CDC_PORT_BASE={it.instance.port_base}, files in {it.root}")
    told(stack, found, as_json)
    return 0 if found and all(one.well for one in found) and len(found) >= len(REST) else 1


def perform(it: Rehearsal, loaded: up.Loaded, found: list[Outcome]) -> None:
    """The steps of the guide; those of a private stack from inside of its network, but for the first one."""
    with done(found, "engines and database") as tell:
        tell(stage.prepared(it, loaded, lambda _: None))
    if it.settings.private:
        with done(found, "up from anywhere") as tell:
            tell(steps.outside(it))
    with network.inside(it.instance) if it.settings.private else nullcontext():
        for name, work in REST:
            with done(found, name) as tell:
                tell(work(it))


@contextmanager
def done(found: list[Outcome], name: str) -> Generator[Callable[[str], None]]:
    """A step, seen while it lasts and kept."""
    with step(name), timed(found, name) as tell:
        yield tell


def told(stack: str, found: list[Outcome], as_json: bool) -> None:
    """How it went."""
    if as_json:
        data({"stack": stack, "steps": [asdict(one) for one in found], "recorded": RECORDED})
        return
    rows = [("✔" if one.well else "✘", one.step, f"{one.seconds:.0f} s", one.told.splitlines()[0]) for one in found]
    table(f"Rehearsal of {stack}", ("", "step", "time", "what was seen"), rows)
    say(RECORDED)
