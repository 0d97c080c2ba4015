"""The `cdc` command: one thin function per subcommand."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.commands.canary.app import app as canary_app
from cli.commands.cloud.app import app as cloud_app
from cli.commands.connector.app import app as connector_app
from cli.commands.consumers.app import one as consumer_app
from cli.commands.consumers.app import several as consumers_app
from cli.commands.dead_letters.app import app as dead_letters_app
from cli.commands.operating import app as operating_app
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
app.add_typer(operating_app)
app.add_typer(routes_app, name="routes")
app.add_typer(dead_letters_app, name="dead-letters")
app.add_typer(cloud_app, name="cloud")
app.add_typer(connector_app, name="connector")
app.add_typer(canary_app, name="canary")
app.add_typer(consumer_app, name="consumer")
app.add_typer(consumers_app, name="consumers")
app.add_typer(statements_app, name="statements")
Plugin = Annotated[
    Literal["bundled", "stock"], typer.Option(help="the confluentcloud plugin: ours, or the installed one")
]
Json = Annotated[bool, typer.Option("--json", help="print data as JSON")]
StackName = Annotated[str, typer.Option("--stack", "-s", help="the stack")]


@app.command()
def up(
    plugin: Plugin = "bundled",
    realistic: Annotated[
        bool | None, typer.Option("--realistic/--quick", help="the local cloud knows things as late as the service")
    ] = None,
) -> None:
    """Start the local environment and apply the stack `local`."""
    from cli.commands import up as command

    finish(lambda: command.run(plugin, realistic) and 0)


@app.command()
def rehearse(
    stack: Annotated[str, typer.Argument(help="dev or prod")],
    plugin: Plugin = "bundled",
    keep: Annotated[bool, typer.Option(help="leave environment and files for a look at them")] = False,
    as_json: Json = False,
) -> None:
    """Apply a stack's committed settings to the local cloud as they are, from the first `up` to `destroy`. Nothing else is touched."""
    from cli.commands import rehearse as command

    finish(lambda: command.run(stack, plugin, keep, as_json))


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
def load(
    scenario: Annotated[Path, typer.Argument(help="a scenario, such as examples/load/smoke.yaml")],
    stack: StackName = "local",
    database: Annotated[str | None, typer.Option(help="the database's address, for via: database elsewhere")] = None,
    html: Annotated[Path | None, typer.Option(help="also write a page with plots to this file")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="write events into a stack that is not local")] = False,
    as_json: Json = False,
) -> None:
    """Load test through the whole chain: latencies per stop, losses, what limits. Exit code 1 when a threshold is passed."""
    from cli.commands import load as command

    target = command.Target(stack=stack, database=database, yes=yes)
    finish(lambda: command.run(scenario, target, html, as_json))


@app.command()
def send(
    count: Annotated[int, typer.Option(min=1, help="how many events")] = 100,
    rate: Annotated[float, typer.Option(min=0, help="events per second; 0 is as fast as it goes")] = 50,
    kind: Annotated[list[str] | None, typer.Option("--type", help="only this event type (repeatable)")] = None,
    seed: Annotated[int | None, typer.Option(help="make the same events again")] = None,
    via: Annotated[Literal["api", "database"], typer.Option(help="the events API (throttled), or straight")] = "api",
    file: Annotated[
        str | None, typer.Option(help="send the bodies in this file instead, a line each; - is stdin")
    ] = None,
    as_json: Json = False,
) -> None:
    """Send events, one transaction each."""
    from cli.commands import send as command

    batch = command.Batch(count=count, rate=rate, kinds=kind or [], seed=seed)
    finish(lambda: command.from_file(file, rate, as_json) if file else command.run(batch, via, as_json))


@app.command()
def generate(
    count: Annotated[int, typer.Option(min=1, help="how many events")] = 10,
    kind: Annotated[list[str] | None, typer.Option("--type", help="only this event type (repeatable)")] = None,
    size: Annotated[str, typer.Option(help="small, medium (2 KB), 4k, large (16 KB), or a number of bytes")] = "small",
    seed: Annotated[int | None, typer.Option(help="make the same events again")] = None,
) -> None:
    """Print events of any type that schemas/events knows, as requests for the events API, a line each."""
    from cli.commands import generate as command
    from cli.commands.send import Batch

    finish(lambda: command.run(Batch(count=count, rate=0, kinds=kind or [], seed=seed), size))


@app.command()
def env(stack: StackName = "local", as_json: Json = False) -> None:
    """Print what another program needs to connect: addresses, credentials, topics, groups."""
    from cli.commands import env as command

    finish(lambda: command.run(stack, as_json))


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
def preflight(stack: Annotated[str, typer.Argument(help="dev, prod, ...")], as_json: Json = False) -> None:
    """What would stop the first `up` on real accounts, asked before it begins. Changes nothing; exit code 1 when something would."""
    from cli.commands import preflight as command

    finish(lambda: command.run(stack, as_json))


@app.command()
def deploy(stack: Annotated[str, typer.Argument(help="dev, prod, local")]) -> None:
    """Preflight, `pulumi up` under the policy pack, a preview that must be empty, doctor and canaries. Changes a real environment."""
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
    tier: Annotated[Literal["all", "checks", "fast", "engine", "endurance"], typer.Option(help="what to run")] = "all",
) -> None:
    """Run the project's checks and tests; further arguments go to pytest."""
    from cli.commands import test as command

    finish(lambda: command.run(tier, context.args))
