"""The subcommands of `cdc cloud`: one thin function each."""

from typing import Annotated

import typer

from cli.console import finish

app = typer.Typer(help="The local Confluent Cloud alone, for Terraform and other programs.", no_args_is_help=True)


@app.command()
def up(as_json: Annotated[bool, typer.Option("--json", help="print data as JSON")] = False) -> None:
    """Start it, and print what a client needs."""
    from cli.commands.cloud import up as command

    finish(lambda: command.run(as_json))


@app.command()
def down(purge: Annotated[bool, typer.Option(help="also forget all data, logs and secrets")] = False) -> None:
    """Stop it (as `cdc down`)."""
    from cli.commands import down as command

    finish(lambda: command.run(purge))
