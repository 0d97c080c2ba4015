"""The subcommands of `cdc canary`: one thin function each."""

from typing import Annotated

import typer

from cli.console import finish

app = typer.Typer(help="Send marked events through the whole chain, and time each stage.", no_args_is_help=True)
StackName = Annotated[str, typer.Option("--stack", "-s", help="the stack")]
Database = Annotated[str | None, typer.Option(help="insert rows here instead of sending events: a role that may")]
Names = Annotated[list[str] | None, typer.Option("--route", help="only this route (repeatable)")]
Timeout = Annotated[
    float, typer.Option(min=1, help="seconds that each is watched for; Confluent commits once a minute")
]


@app.command()
def once(
    route: Names = None,
    timeout: Timeout = 180,
    stack: StackName = "local",
    database: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="print data as JSON")] = False,
) -> None:
    """One canary for each route. Exit code 1 when one does not arrive."""
    from cli.commands.canary import rounds

    wanted = rounds.Wanted(stack=stack, routes=route or [], database=database, seconds=timeout)
    finish(lambda: rounds.once(wanted, as_json))


@app.command()
def run(
    route: Names = None,
    timeout: Timeout = 180,
    stack: StackName = "local",
    database: Database = None,
    every: Annotated[float, typer.Option(min=1, help="seconds between two rounds")] = 60,
    port: Annotated[int, typer.Option(min=1, max=65535, help="the port of 127.0.0.1 for `GET /metrics`")] = 9464,
    otlp: Annotated[str, typer.Option(help="also push to this OTLP/gRPC collector")] = "",
) -> None:
    """A round again and again, and the stack's figures as metrics, until it is stopped."""
    from cli.commands.canary import rounds
    from cli.monitoring.exporting import Exports

    wanted = rounds.Wanted(stack=stack, routes=route or [], database=database, seconds=timeout)
    finish(lambda: rounds.run(wanted, every, Exports(port=port, otlp=otlp, every=min(every, 15))))
