"""The package `confluentcloud`."""

from importlib.metadata import version

from plugins.confluentcloud import config, diff_rules, functions, plan_answers
from plugins.confluentcloud.config import Config
from plugins.confluentcloud.handlers import registry
from plugins.confluentcloud.handlers.table import HANDLERS
from plugins.confluentcloud.private_and_governance_types import GOVERNANCE_AND_NETWORK_TYPES
from plugins.confluentcloud.resource_types import RESOURCE_TYPES
from plugins.engine.diff import Change
from plugins.engine.errors import BadConfig
from plugins.engine.package import Package
from plugins.engine.values import Properties


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
    resource_types=RESOURCE_TYPES | GOVERNANCE_AND_NETWORK_TYPES,
    handlers=HANDLERS,
    invokes=functions.INVOKES,
    planned=plan_answers.function,
    check_config=config.failures,
    configure=configure,
    special=diff_rules.special,
    refine=refine,
)
