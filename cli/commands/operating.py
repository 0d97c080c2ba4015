"""Commands for whoever is on call: what runs, what is wrong, and what to do about it. One thin function each."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.console import finish

app = typer.Typer()
Json = Annotated[bool, typer.Option("--json", help="print data as JSON")]
Database = Annotated[str | None, typer.Option(help="the database's address; the local stack knows its own")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="the port of 127.0.0.1 for `GET /metrics`")]
Otlp = Annotated[str, typer.Option(help="also push to this OTLP/gRPC collector, such as http://127.0.0.1:4317")]
StackName = Annotated[str, typer.Option("--stack", "-s", help="the stack")]


@app.command()
def tail(
    route: Annotated[str, typer.Argument(help="a route's name, `raw`, `unrouted`, or a topic")],
    most: Annotated[int | None, typer.Option("--max", min=1, help="the last N records, then end")] = None,
    beginning: Annotated[bool, typer.Option("--from-beginning", help="start with the first record")] = False,
    stack: StackName = "local",
    as_json: Json = False,
) -> None:
    """Print decoded records of a topic."""
    from cli.commands import tail as command

    finish(lambda: command.run(route, most, beginning, stack, as_json))


@app.command()
def status(
    stack: StackName = "local",
    watch: Annotated[bool, typer.Option("--watch", help="again each five seconds, until Ctrl-C")] = False,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """What runs, what failed, and how many events are where. Exit code 1 when something is wrong."""
    from cli.client import stack as stacks

    running = stacks.loading(stack)  # while the rest is imported
    from cli.commands.status import show as command

    if watch and not as_json:
        finish(lambda: command.watch(stack, running, database))
    finish(lambda: command.run(stack, running, database, as_json))


@app.command()
def doctor(
    stack: StackName = "local",
    database: Database = None,
    add: Annotated[list[str] | None, typer.Option(help="a module with probes of your own (repeatable)")] = None,
    after: Annotated[
        Literal["deploy", "failover"] | None, typer.Option(help="wait until it has settled: 90 s, 5 minutes")
    ] = None,
    as_json: Json = False,
) -> None:
    """What is wrong, by what evidence, why probably, and what to type. Exit code 1 when something is."""
    from cli.client import stack as stacks

    running = stacks.loading(stack)  # while the rest is imported
    from cli.commands import doctor as command

    wanted = command.Wanted(stack=stack, database=database, modules=add or [], after=after)
    finish(lambda: command.run(running, wanted, as_json))


@app.command()
def console(
    stack: StackName = "local",
    port: Annotated[int, typer.Option(min=1, max=65535, help="the port of 127.0.0.1")] = 9480,
    database: Database = None,
) -> None:
    """The pipeline on one local page, live: flow, records, statements, consumers, dead letters, findings."""
    from cli.commands import console as command

    finish(lambda: command.run(stack, port, database))


@app.command()
def metrics(
    stack: StackName = "local",
    database: Database = None,
    serve: Annotated[bool, typer.Option("--serve", help="export until it is stopped, instead of once")] = False,
    port: Port = 9464,
    otlp: Otlp = "",
    every: Annotated[float, typer.Option(min=1, help="seconds between two looks at the stack")] = 15,
) -> None:
    """A stack's figures as OpenMetrics: printed, or with --serve on a port and pushed as OTLP."""
    from cli.commands import metrics as command
    from cli.monitoring.exporting import Exports

    if serve:
        finish(lambda: command.serve(stack, database, Exports(port=port, otlp=otlp, every=every)))
    finish(lambda: command.show(stack, database))


@app.command()
def restart(engine: Annotated[str, typer.Argument(help="an engine's name (see `cdc status`)")]) -> None:
    """Stop one engine of the local environment and start it again."""
    from cli.commands import restart as command

    finish(lambda: command.run(engine))


@app.command()
def notifications(
    stack: StackName,
    subscribe: Annotated[
        bool, typer.Option("--subscribe", help="have the stack's integration told of all of them")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="take it out of every subscription: before a destroy")
    ] = False,
    as_json: Json = False,
) -> None:
    """Of what Confluent notifies a stack. Exit code 1 when something is missing."""
    from cli.commands import notifications as command

    finish(lambda: command.run(stack, subscribe, remove, as_json))


@app.command()
def audit(
    source: Annotated[str, typer.Argument(help="a source's name in routes.yaml")],
    since: Annotated[str | None, typer.Option(help="only rows from this time on (with --column)")] = None,
    column: Annotated[str | None, typer.Option(help="the column that holds a row's time")] = None,
    repair: Annotated[bool, typer.Option("--repair", help="have missing rows read and sent again")] = False,
    stack: StackName = "local",
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Compare each key of a table with its raw topic. Exit code 1 when rows are missing, or there are others."""
    from cli.commands import audit as command

    question = command.Question(source, since, column, repair)
    finish(lambda: command.run(stack, question, database, as_json))


@app.command()
def replay(
    route: Annotated[str, typer.Argument(help="a route's name")],
    begin: Annotated[str, typer.Option("--from", help="the first commit's time, like 2026-01-31T10:00:00Z")] = "",
    end: Annotated[str, typer.Option("--to", help="the time before which the last commit was")] = "",
    topic: Annotated[str | None, typer.Option("--to-topic", help="the side topic")] = None,
    write: Annotated[bool, typer.Option("--write", help="add the route to routes.yaml")] = False,
    ended: Annotated[bool, typer.Option("--end", help="take the replay out of routes.yaml again")] = False,
    stack: StackName = "local",
    as_json: Json = False,
) -> None:
    """A span of a route's past, again, into a topic of its own: counted, and as a route that brings it."""
    from cli.commands import replay as command

    if ended:
        finish(lambda: command.end(route))
    wanted = command.Wanted(route=route, begin=begin, end=end, topic=topic, write=write)
    finish(lambda: command.run(stack, wanted, as_json))


@app.command()
def rotate(
    target: Annotated[str, typer.Argument(help="a consumer's name, connector, flink, or database")],
    stack: StackName = "local",
    write: Annotated[bool, typer.Option("--write", help="write the next step into Pulumi.STACK.yaml")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="yes, old keys may end")] = False,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """The next step of a rotation, once what is there works. Exit code 1 when something must be mended first."""
    from cli.client import stack as stacks

    running = stacks.loading(stack)  # while the rest is imported
    from cli.commands import rotate as command

    wanted = command.Wanted(target=target, write=write, yes=yes)
    finish(lambda: command.run(running, wanted, database, as_json))


@app.command()
def resnapshot(
    source: Annotated[str, typer.Argument(help="a source's name in routes.yaml")],
    stack: StackName = "local",
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Have the connector read a whole table again, while it goes on capturing."""
    from cli.commands import resnapshot as command

    finish(lambda: command.run(stack, source, database, as_json))


@app.command()
def logs(
    engine: Annotated[str, typer.Argument(help="an engine's name (see `cdc status`), or `supervisor`")],
    lines: Annotated[int, typer.Option("--lines", "-n", min=1)] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on as lines come")] = False,
) -> None:
    """Print an engine's log."""
    from cli.commands import logs as command

    finish(lambda: command.run(engine, lines, follow))


@app.command()
def lineage(
    stack: Annotated[str, typer.Argument(help="dev, prod, local")] = "local",
    form: Annotated[
        Literal["mermaid", "svg", "openlineage"], typer.Option("--format", help="a picture, or events for a catalog")
    ] = "mermaid",
    output: Annotated[Path | None, typer.Option(help="write it to a file")] = None,
) -> None:
    """Where data comes from and goes to: table, connector, topics, statements, groups."""
    from cli.commands import lineage as command

    finish(lambda: command.run(stack, form, output))
