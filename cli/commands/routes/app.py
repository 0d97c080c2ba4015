"""The subcommands of `cdc routes`: one thin function each."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import finish

app = typer.Typer(help="Check, explain and compare routes, without any engine.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="print data as JSON")]
SourceName = Annotated[str | None, typer.Option(help="the source, where there are several")]


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="another file than routes.yaml")] = None,
    base: Annotated[str | None, typer.Option(help="compare schemas with this commit (default: HEAD)")] = None,
    database: Annotated[
        str | None,
        typer.Option(help="also compare with this database (its owner's address; `local` is the local stack's)"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Lint, examples, and whether schemas stay compatible. Exit code 2 when something is wrong."""
    from cli.commands.routes import check as command

    finish(lambda: command.run(file, base, database, as_json))


@app.command()
def explain(
    event: Annotated[Path, typer.Argument(help="a JSON file with one event; - is standard input")],
    source: SourceName = None,
    as_json: Json = False,
) -> None:
    """Which routes take an event, and for each other one the first condition that refuses."""
    from cli.commands.routes import explain as command

    finish(lambda: command.run(event, source, as_json))


@app.command()
def impact(
    base: Annotated[str, typer.Option(help="compare with this commit or branch")],
    sample: Annotated[int, typer.Option(min=1, help="the last N events of the raw topic")] = 10_000,
    file: Annotated[Path | None, typer.Option(help="a recorded sample instead: one JSON object a line")] = None,
    source: SourceName = None,
    stack: Annotated[str, typer.Option("--stack", "-s", help="the stack whose raw topic is read")] = "local",
    as_json: Json = False,
) -> None:
    """Per route, how many events of a sample would newly enter, leave, or stay; and the unrouted share."""
    from cli.commands.routes import impact as command

    chosen = command.Sample(file=file, stack=stack, count=sample)
    finish(lambda: command.run(base, source, chosen, as_json))
