"""The `cdc` command: one thin function per subcommand."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.commands.canary.app import app as canary_app
from cli.commands.cloud.app import app as cloud_app
from cli.commands.connector.app import app as connector_app
from cli.commands.dead_letters.app import app as dead_letters_app
from cli.commands.routes.app import app as routes_app
from cli.commands.statements.app import app as statements_app
from cli.console import finish

app = typer.Typer(
    name="cdc",
    help="PostgreSQL → CDC → Kafka → Flink SQL → one topic per consumer: the same Pulumi program here and on Confluent Cloud.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(routes_app, name="routes")
app.add_typer(dead_letters_app, name="dead-letters")
app.add_typer(cloud_app, name="cloud")
app.add_typer(connector_app, name="connector")
app.add_typer(canary_app, name="canary")
app.add_typer(statements_app, name="statements")
Plugin = Annotated[
    Literal["bundled", "stock"], typer.Option(help="the confluentcloud plugin: ours, or the installed one")
]
Json = Annotated[bool, typer.Option("--json", help="print data as JSON")]
Database = Annotated[str | None, typer.Option(help="the database's address; the local stack knows its own")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="the port of 127.0.0.1 for `GET /metrics`")]
Otlp = Annotated[str, typer.Option(help="also push to this OTLP/gRPC collector, such as http://127.0.0.1:4317")]
StackName = Annotated[str, typer.Option("--stack", "-s", help="the stack")]


@app.command()
def up(plugin: Plugin = "bundled") -> None:
    """Start the local environment and apply the stack `local`."""
    from cli.commands import up as command

    finish(lambda: command.run(plugin) and 0)


@app.command()
def demo(plugin: Plugin = "bundled", as_json: Json = False) -> None:
    """Everything from nothing: start, apply, send events, show them routed."""
    from cli.commands import demo as command

    finish(lambda: command.run(plugin, as_json))


@app.command()
def down(purge: Annotated[bool, typer.Option(help="also forget all data, logs and secrets")] = False) -> None:
    """Stop the local environment."""
    from cli.commands import down as command

    finish(lambda: command.run(purge))


@app.command()
def send(
    count: Annotated[int, typer.Option(min=1, help="how many events")] = 100,
    rate: Annotated[float, typer.Option(min=0, help="events per second; 0 is as fast as it goes")] = 50,
    kind: Annotated[list[str] | None, typer.Option("--type", help="only this event type (repeatable)")] = None,
    seed: Annotated[int | None, typer.Option(help="make the same events again")] = None,
    via: Annotated[Literal["api", "database"], typer.Option(help="the events API (throttled), or straight")] = "api",
    show: Annotated[
        bool, typer.Option("--print", help="print the requests' bodies, a line each; send nothing")
    ] = False,
    as_json: Json = False,
) -> None:
    """Send events, one transaction each."""
    from cli.commands import send as command

    batch = command.Batch(count=count, rate=rate, kinds=kind or [], seed=seed)
    finish(lambda: command.show(batch) if show else command.run(batch, via, as_json))


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
def status(as_json: Json = False) -> None:
    """What runs, what failed, and how many events are where. Exit code 1 when something is wrong."""
    from cli.client import stack

    running = stack.loading("local")  # while the rest is imported
    from cli.commands.status import show as command

    finish(lambda: command.run(running, as_json))


@app.command()
def doctor(
    stack: StackName = "local",
    database: Database = None,
    add: Annotated[list[str] | None, typer.Option(help="a module with probes of your own (repeatable)")] = None,
    as_json: Json = False,
) -> None:
    """What is wrong, by what evidence, why probably, and what to type. Exit code 1 when something is."""
    from cli.client import stack as stacks

    running = stacks.loading(stack)  # while the rest is imported
    from cli.commands import doctor as command

    finish(lambda: command.run(running, stack, database, add or [], as_json))


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
def env(stack: StackName = "local", as_json: Json = False) -> None:
    """Print what another program needs to connect: addresses, credentials, topics, groups."""
    from cli.commands import env as command

    finish(lambda: command.run(stack, as_json))


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


@app.command()
def plan(
    stack: Annotated[str, typer.Argument(help="dev, prod, ...")],
    base: Annotated[str | None, typer.Option(help="compare with this commit or branch")] = None,
    form: Annotated[Literal["text", "markdown", "json"], typer.Option("--format", help="how to print it")] = "text",
    output: Annotated[Path | None, typer.Option(help="write the comparison to a file")] = None,
    scan: Annotated[bool, typer.Option("--checkov/--no-checkov", help="also run checkov on protected stacks")] = True,
) -> None:
    """What a stack would get, offline: resources, cost, time, limits, policies; or what a change would do."""
    from cli.commands import plan as command

    finish(lambda: command.run(stack, base, form, output, scan))


@app.command()
def deploy(stack: Annotated[str, typer.Argument(help="dev, prod, local")]) -> None:
    """`pulumi up` under the policy pack, then a preview that must be empty. Changes a real environment."""
    from cli.commands import deploy as command

    finish(lambda: command.deploy(stack))


@app.command()
def drift(stack: Annotated[str, typer.Argument(help="dev, prod, local")]) -> None:
    """Compare a real environment with what is declared, changing nothing. Exit code 1 when they differ."""
    from cli.commands import deploy as command

    finish(lambda: command.drift(stack))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def pulumi(context: typer.Context, plugin: Plugin = "bundled") -> None:
    """Run the Pulumi CLI with the right environment: `cdc pulumi preview -s prod`."""
    from cli.commands import pulumi as command

    finish(lambda: command.run(context.args, plugin))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(
    context: typer.Context,
    tier: Annotated[Literal["all", "checks", "fast", "engine"], typer.Option(help="what to run")] = "all",
) -> None:
    """Run the project's checks and tests; further arguments go to pytest."""
    from cli.commands import test as command

    finish(lambda: command.run(tier, context.args))
