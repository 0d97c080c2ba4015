"""The package `confluentcloud`."""

from importlib.metadata import version

from local.provider import config, diff, invokes
from local.provider.apis import APIS, registry
from local.provider.config import Config
from local.provider.diff import Change
from local.provider.kinds import KINDS
from local.provider.package import BadConfig, Package
from local.provider.planned_kinds import PLANNED, Unserved
from local.provider.values import Properties


def key(token: str) -> str:
    """`confluentcloud:index/kafkaTopic:KafkaTopic` → `KafkaTopic`."""
    return token.rpartition(":")[2]


def configure(properties: Properties) -> Config:
    """The configuration; a part of the seven Flink values is refused."""
    found = Config.of(properties)
    if problem := config.incomplete_flink(found):
        raise BadConfig(problem)
    return found


def refine(kind: str, old: Properties, new: Properties, change: Change) -> None:
    """A schema must be compatible already in the preview; one that the registry takes for the same is no change."""
    if kind != "Schema" or "schema" not in change.detail or not registry.can_ask(new):
        return
    if not new.get("skipValidationDuringPlan"):
        registry.check_compatible(new)
    if registry.registered_id(new) == old.get("schemaIdentifier"):
        del change.detail["schema"]


PACKAGE = Package(
    name="confluentcloud",
    version=version("pulumi-confluentcloud"),
    key=key,
    kinds=KINDS | PLANNED,
    apis=APIS | {name: Unserved(name) for name in PLANNED},
    invokes=invokes.INVOKES,
    planned=invokes.planned,
    check_config=config.failures,
    configure=configure,
    special=diff.special,
    refine=refine,
)
