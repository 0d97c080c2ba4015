"""`cdc pulumi …`: the Pulumi CLI with the right home, backend, plugin and configuration."""

from cli.client import database
from cli.commands import up
from cli.console import say, step
from local.engines import client
from local.environment import Instance
from local.exclusive import changing
from local.workspace import workspace as pulumi
from stacks.errors import CdcError

CHANGING = ("up", "update", "destroy", "refresh", "import", "cancel", "state")


def stack_of(arguments: list[str]) -> str:
    """The stack the arguments name; `local` when they name none."""
    for number, argument in enumerate(arguments):
        if argument in ("-s", "--stack") and number + 1 < len(arguments):
            return arguments[number + 1]
        if argument.startswith(("-s=", "--stack=")):
            return argument.split("=", 1)[1]
    return "local"


def need_engines(instance: Instance) -> None:
    """Engines whose supervisor was killed are started again: the command that it ended carries on. CdcError after a `down`."""
    if client.engines(instance) is not None:
        return
    if not client.was_killed(instance):
        raise CdcError("the local environment is not running", "start it: ./cdc up")
    with step("Engines, whose supervisor was killed") as progress:
        client.install(progress)
        client.start(instance, progress)


def run(arguments: list[str], plugin: pulumi.Plugin) -> int:
    """Pass the arguments through. `local` needs its engines; other stacks are planned without an account."""
    name, instance = stack_of(arguments), Instance.here()
    verb = next((a for a in arguments if not a.startswith("-")), "")
    loaded = up.check_files(name) if verb in pulumi.CONFIGURED else None
    with step("Pulumi CLI") as progress:
        workspace = pulumi.open_workspace(instance, name, plugin, progress)
    pulumi.refuse_in_plan(workspace, arguments)
    if workspace.local and verb in pulumi.CONFIGURED:
        need_engines(instance)
    if verb not in ("version", "about", "help", ""):
        workspace.ensure_stack()
    if verb == "destroy" and "--run-program" not in arguments:
        arguments = [*arguments, "--run-program"]  # statements have a hook: the program must be there to answer it
    if workspace.local and verb in CHANGING:
        with changing(instance, f"cdc pulumi {verb}"):
            up.take_over(workspace)
            code = workspace.run(arguments)
    else:
        code = workspace.run(arguments)
    if workspace.local and verb == "destroy" and code == 0 and loaded:
        backend, connector = loaded.settings.backend, loaded.settings.connector
        # A deleted connector leaves its slot (as on Confluent Cloud), and a slot without a reader keeps WAL for ever.
        for dropped in database.release(
            up.admin_dsn(instance, backend.database), connector.slot, connector.publication
        ):
            say(f"source database: dropped {dropped}")
    return code
