"""The subcommands of `cdc dead-letters`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import finish

app = typer.Typer(help="Records that could not be decoded: list, look, write back.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="print data as JSON")]
StackName = Annotated[str, typer.Option("--stack", "-s", help="the stack")]


@app.command("list")
def listing(
    source: Annotated[str | None, typer.Option(help="of one source only")] = None,
    everything: Annotated[bool, typer.Option("--all", help="also those that were written back")] = False,
    stack: StackName = "local",
    as_json: Json = False,
) -> None:
    """What waits, oldest first."""
    from cli.commands.dead_letters import show as command

    finish(lambda: command.listing(stack, source, everything, as_json))


@app.command()
def show(
    letter: Annotated[str, typer.Argument(help="its id: TOPIC/PARTITION/OFFSET")],
    value: Annotated[Path | None, typer.Option(help="write the record's bytes to a file")] = None,
    stack: StackName = "local",
    as_json: Json = False,
) -> None:
    """One letter: why, where, and its bytes."""
    from cli.commands.dead_letters import show as command

    finish(lambda: command.show(stack, letter, value, as_json))


@app.command()
def redrive(
    letters: Annotated[list[str] | None, typer.Argument(help="ids: TOPIC/PARTITION/OFFSET")] = None,
    everything: Annotated[bool, typer.Option("--all", help="all that wait")] = False,
    schema_id: Annotated[int | None, typer.Option(min=0, help="put this schema id into the record")] = None,
    value_file: Annotated[Path | None, typer.Option(help="write these bytes instead (one letter)")] = None,
    force: Annotated[bool, typer.Option(help="also what can still not be decoded")] = False,
    stack: StackName = "local",
    as_json: Json = False,
) -> None:
    """Write letters back into the topic they came from, each exactly once."""
    from cli.commands.dead_letters import redrive as command

    def work() -> int:
        repair = command.Repair.of(schema_id, value_file, force)
        return command.run(stack, letters or [], everything, repair, as_json)

    finish(work)
