"""The subcommands of `cdc statements`: one thin function each."""

from typing import Annotated

import typer

from cli.console import finish

app = typer.Typer(help="Routing statements that were lost.", no_args_is_help=True)
StackName = Annotated[str, typer.Option("--stack", "-s", help="the stack")]


@app.command()
def restore(
    stack: StackName = "local",
    as_json: Annotated[bool, typer.Option("--json", help="print data as JSON")] = False,
) -> None:
    """Find where lost statements came to, and write it into routes.yaml as their start: none is lost, little repeats."""
    from cli.commands.statements import restore as command

    finish(lambda: command.run(stack, as_json))
