"""Managed connectors in terms of those that run here: configuration keys, checked and translated by plugins.toml."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from local.confluent.errors import ApiError

TABLE = Path(__file__).parent / "plugins.toml"
SECRET_WORDS = ("password", "secret", "token", "api.key", "private.key", "sslkey")


@dataclass(frozen=True, kw_only=True, slots=True)
class ManagedConnector:
    """One table of plugins.toml."""

    runtime: str
    required: Sequence[str]
    choices: Mapping[str, Sequence[str]]
    managed_only: Sequence[str]
    fixed: Mapping[str, str]
    transforms: Mapping[str, str]
    first_transforms: Mapping[str, str]
    converter_transforms: Mapping[str, str]


@cache
def table() -> dict[str, ManagedConnector]:
    """Every connector that is served, by the service's class."""
    return {name: ManagedConnector(**values) for name, values in tomllib.loads(TABLE.read_text()).items()}


def connector(name: str) -> ManagedConnector:
    """A connector by the service's class. ApiError 404 for one that is not served."""
    if name not in table():
        raise ApiError(404, f"connector plugin {name!r} is not available here: only {', '.join(table())}")
    return table()[name]


def is_secret(name: str) -> bool:
    """Is this a key whose value the service masks?"""
    return any(word in name for word in SECRET_WORDS) and not name.startswith("kafka.auth")


def problems(managed: ManagedConnector, config: dict[str, str]) -> dict[str, list[str]]:
    """What the service's own validation would refuse: key → messages."""
    messages: dict[str, list[str]] = {}
    for name in managed.required:
        if not config.get(name):
            messages.setdefault(name, []).append(f"{name} is required")
    for name, allowed in managed.choices.items():
        if config.get(name) and config[name] not in allowed:
            messages.setdefault(name, []).append(f"must be one of {', '.join(allowed)} here, got {config[name]!r}")
    if config.get("kafka.auth.mode") == "SERVICE_ACCOUNT" and not config.get("kafka.service.account.id"):
        messages.setdefault("kafka.service.account.id", []).append("is required with SERVICE_ACCOUNT")
    return messages


def avro(side: str, registry: str) -> dict[str, str]:
    """The Avro converter that writes Confluent's wire format and subject names (`TOPIC-key`, `TOPIC-value`)."""
    settings = {
        "": "io.apicurio.registry.utils.converter.AvroConverter",
        ".apicurio.registry.url": f"{registry}/apis/registry/v2",
        ".apicurio.registry.schema-resolver": "cdc.converter.RememberedSchemas",
        ".apicurio.registry.auto-register": "true",
        ".apicurio.registry.find-latest": "true",
        ".apicurio.registry.as-confluent": "true",
        ".apicurio.registry.headers.enabled": "false",
        ".apicurio.registry.use-id": "contentId",
        ".apicurio.registry.artifact-resolver-strategy": "io.apicurio.registry.serde.strategy.TopicIdStrategy",
    }
    return {f"{side}.converter{name}": value for name, value in settings.items()}


def translate(
    managed: ManagedConnector, config: dict[str, str], registry: str, login: dict[str, str]
) -> dict[str, Any]:
    """The runtime's configuration. `login` is what the connector's producer signs in with."""
    passed = {k: v for k, v in config.items() if k not in managed.managed_only and not k.startswith("value.converter.")}
    for key, value in passed.items():
        if key.startswith("transforms.") and key.endswith(".type"):
            passed[key] = managed.transforms.get(value, value)
    wanted = [kind for name, kind in managed.converter_transforms.items() if config.get(name) == "true"]
    last = {kind.rsplit(".", 1)[-1]: kind for kind in wanted}
    around = {f"transforms.{name}.type": kind for name, kind in {**managed.first_transforms, **last}.items()}
    chain = [*managed.first_transforms, *filter(None, [passed.get("transforms")]), *last]
    around |= {"transforms": ",".join(chain)} if chain else {}
    identity = {f"producer.override.{name}": value for name, value in login.items()}
    # The queue must hold more than a batch; the service does not let it be chosen.
    queue = {"max.queue.size": str(4 * int(config.get("max.batch.size", "2048")))}
    return {
        **passed,
        **around,
        **managed.fixed,
        **queue,
        **avro("key", registry),
        **avro("value", registry),
        **identity,
    }
