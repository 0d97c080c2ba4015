"""`cdc cloud up`: start the local Confluent Cloud alone, and say what a client needs."""

from typing import Any

from cli.console import data, out, step
from local.engines import client
from local.environment import Instance

PROVIDER = """provider "confluent" {{
  endpoint         = "{endpoint}"
  cloud_api_key    = "{cloudApiKey}"
  cloud_api_secret = "{cloudApiSecret}"
}}"""


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
