"""The subcommands of `cdc connector`: one thin function each."""

from typing import Annotated

import typer

from cli.console import finish

app = typer.Typer(help="Pause, resume or move on the CDC connector.", no_args_is_help=True)
StackName = Annotated[str, typer.Option("--stack", "-s", help="the stack")]
Database = Annotated[str | None, typer.Option(help="the database's address; the local stack knows its own")]


@app.command()
def pause(stack: StackName = "local") -> None:
    """Stop capturing; the slot keeps the log meanwhile."""
    from cli.commands.connector import actions

    finish(lambda: actions.act(stack, "pause"))


@app.command()
def resume(stack: StackName = "local") -> None:
    """Go on where it stopped."""
    from cli.commands.connector import actions

    finish(lambda: actions.act(stack, "resume"))


@app.command()
def skip(
    yes: Annotated[bool, typer.Option("--yes", help="yes, what was not captured yet may be passed over")] = False,
    stack: StackName = "local",
    database: Database = None,
) -> None:
    """Go on at the log's present end; `cdc audit --repair` then sends the rows that were passed over."""
    from cli.commands.connector import actions

    finish(lambda: actions.skip(stack, yes, database))
