"""`cdc cloud …`: the local Confluent Cloud alone, without any stack: for Terraform, for other programs."""

from typing import Annotated, Any

import typer

from cli.console import data, finish, out, step
from local.engines import client
from local.environment import Instance

app = typer.Typer(help="The local Confluent Cloud alone, for Terraform and other programs.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="print data as JSON")]
PROVIDER = """provider "confluent" {{
  endpoint         = "{endpoint}"
  cloud_api_key    = "{cloudApiKey}"
  cloud_api_secret = "{cloudApiSecret}"
}}"""


@app.command()
def up(as_json: Json = False) -> None:
    """Start it, and print what a client needs."""
    finish(lambda: run(as_json))


@app.command()
def down(purge: Annotated[bool, typer.Option(help="also forget all data, logs and secrets")] = False) -> None:
    """Stop it (as `cdc down`)."""
    from cli.commands import down as command

    finish(lambda: command.run(purge))


def access(instance: Instance) -> dict[str, str]:
    """Address, and the Cloud API key of the organization's administrator."""
    own = instance.secrets
    return {
        "endpoint": instance.url("cloud"),
        "cloudApiKey": own["cloud_api_key"],
        "cloudApiSecret": own["cloud_api_secret"],
    }


def run(as_json: bool) -> int:
    """Start the engines; no stack is made."""
    instance = Instance.here()
    with step("Toolchain") as progress:
        client.install(progress)
    with step("Engines") as progress:
        client.start(instance, progress)
    show(access(instance), as_json)
    return 0


def show(found: dict[str, Any], as_json: bool) -> None:
    """For a script, or the lines that a Terraform user copies."""
    if as_json:
        data(found)
        return
    out.print("Terraform (set TF_ACC=1: without it the provider waits 90 s for each role binding):\n", markup=False)
    out.print(PROVIDER.format(**found), markup=False, soft_wrap=True)
    out.print(
        "\nPulumi: the same three values are confluentcloud:endpoint, cloudApiKey and cloudApiSecret.", markup=False
    )
    out.print("What is served, and where it differs from the service: local/confluent/README.md", markup=False)
