"""The package `aws`: recorded resources with computed outputs; what carries data is real behind it (local/aws)."""

from importlib.metadata import version
from typing import Any

from plugins.aws import functions
from plugins.aws.handlers import Config, Recorded, local_names
from plugins.aws.resource_types import resource_types
from plugins.engine.diff import Change
from plugins.engine.package import Package
from plugins.engine.values import Properties

KNOWN = {
    "region",
    "defaultTags",
    "allowedAccountIds",
    "profile",
    "assumeRoles",
    "version",
    # The SDK sets these by itself.
    "skipMetadataApiCheck",
    "skipCredentialsValidation",
    "skipRegionValidation",
}


def key(token: str) -> str:
    """`aws:ec2/vpc:Vpc` → `ec2/vpc:Vpc`."""
    return token.removeprefix("aws:")


def check_config(properties: Properties) -> list[str]:
    """Unknown provider arguments."""
    return [f"Invalid or unknown key. Examine values at '{name}'." for name in properties if name not in KNOWN]


def nothing_special(kind: str, identity: str, old: Properties, new: Properties, change: Change) -> Change:
    """AWS types need no rules beyond their fields."""
    return change


def no_refinement(kind: str, old: Properties, new: Properties, change: Change) -> None:
    """Nothing is asked before a difference is reported."""


def configure(properties: Properties) -> Config:
    """The region; the local server, if there is one."""
    return Config(region=str(properties.get("region") or "us-east-1"))


def _package() -> Package:
    found: dict[str, Any] = {token: Recorded(token) for token in resource_types()}
    return Package(
        name="aws",
        version=version("pulumi-aws"),
        key=key,
        resource_types=resource_types(),
        handlers=found | local_names(),
        invokes=functions.INVOKES,
        planned=functions.planned,
        check_config=check_config,
        configure=configure,
        special=nothing_special,
        refine=no_refinement,
        compares_inputs=True,
    )


PACKAGE = _package()
