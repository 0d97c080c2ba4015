"""The subcommands of `cdc consumers` and `cdc consumer`: one thin function each."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import finish

several = typer.Typer(help="The consumers of the contract, run on this machine.", no_args_is_help=True)
one = typer.Typer(help="A new consumer.", no_args_is_help=True)


@several.command()
def up(
    names: Annotated[list[str] | None, typer.Argument(help="these alone; all without a name")] = None,
    stack: Annotated[str, typer.Option("--stack", "-s", help="the stack")] = "local",
    database: Annotated[
        str, typer.Option(help="PostgreSQL for effects that happen once; without it they only log")
    ] = "",
) -> None:
    """Run consumers that have settings here (examples/consumer, consumers) until Ctrl-C; their logs are what you see."""
    from cli.commands.consumers import running

    finish(lambda: running.run(stack, database, names or []))


@one.command()
def new(
    name: Annotated[str, typer.Argument(help="lower case, words with hyphens")],
    route: Annotated[list[str], typer.Option("--route", "-r", help="a route it reads (repeatable)")],
    folder: Annotated[
        Path | None, typer.Option(help="where to write it (default: consumers/NAME, with _ for -)")
    ] = None,
    language: Annotated[str, typer.Option(help="python, java or typescript")] = "python",
) -> None:
    """Write a consumer that runs: settings, typed records, work, a test, a container file; and add it to routes.yaml."""
    from cli.commands.consumers import scaffold

    finish(lambda: scaffold.run(name, route, folder, language))


@one.command()
def test(name: Annotated[str, typer.Argument(help="a consumer that `cdc consumer new` wrote")]) -> None:
    """Run a consumer's own test on the local stack."""
    from cli.commands.consumers import testing

    finish(lambda: testing.run(name))
