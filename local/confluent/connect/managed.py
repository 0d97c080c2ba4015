"""The managed PostgreSQL CDC connector in terms of the one that runs here: configuration keys, translated.

Keys and fixed values: Confluent's template of `PostgresCdcSourceV2`; the runtime is Debezium's own connector.
"""

from typing import Any

MANAGED_CLASS = "PostgresCdcSourceV2"
RUNTIME_CLASS = "io.debezium.connector.postgresql.PostgresConnector"
REQUIRED = (
    "name",
    "connector.class",
    "tasks.max",
    "kafka.auth.mode",
    "database.hostname",
    "database.port",
    "database.user",
    "database.password",
    "database.dbname",
    "topic.prefix",
    "output.data.format",
)
CHOICES = {
    "connector.class": (MANAGED_CLASS,),
    "tasks.max": ("1",),
    "kafka.auth.mode": ("SERVICE_ACCOUNT", "KAFKA_API_KEY"),
    "output.data.format": ("AVRO",),
    "output.key.format": ("AVRO",),
    "after.state.only": ("false",),
    "database.sslmode": ("prefer", "disable", "allow"),
}
# Keys of the managed service that the runtime does not have; each is handled here or in connect.py.
MANAGED_ONLY = {
    "kafka.auth.mode",
    "kafka.service.account.id",
    "kafka.api.key",
    "kafka.api.secret",
    "output.data.format",
    "output.key.format",
    "after.state.only",
    "auto.restart.on.user.error",
    "schema.context.name",
    "csfle.enabled",
}
# What the managed service fixes, and its defaults where they differ from the runtime's.
FIXED = {
    "connector.class": RUNTIME_CLASS,
    "plugin.name": "pgoutput",
    "slot.seek.to.known.offset.on.start": "true",
    "slot.max.retries": "20",
    "errors.log.enable": "true",
    # Here an outage is a restart that takes a second: look again soon.
    "retriable.restart.connector.wait.ms": "1000",
    "slot.retry.delay.ms": "1000",
}
ROUTERS = {"io.confluent.connect.cloud.transforms.TopicRegexRouter": "org.apache.kafka.connect.transforms.RegexRouter"}
SECRET_WORDS = ("password", "secret", "token", "api.key", "private.key", "sslkey")


def is_secret(name: str) -> bool:
    """Is this a key whose value the service masks?"""
    return any(word in name for word in SECRET_WORDS) and not name.startswith("kafka.auth")


def problems(config: dict[str, str]) -> dict[str, list[str]]:
    """What the service's own validation would refuse: key → messages."""
    found: dict[str, list[str]] = {}
    for name in REQUIRED:
        if not config.get(name):
            found.setdefault(name, []).append(f"{name} is required")
    for name, allowed in CHOICES.items():
        if config.get(name) and config[name] not in allowed:
            found.setdefault(name, []).append(f"must be one of {', '.join(allowed)} here, got {config[name]!r}")
    if config.get("kafka.auth.mode") == "SERVICE_ACCOUNT" and not config.get("kafka.service.account.id"):
        found.setdefault("kafka.service.account.id", []).append("is required with SERVICE_ACCOUNT")
    return found


def avro(side: str, registry: str) -> dict[str, str]:
    """The Avro converter that writes Confluent's wire format and subject names (`TOPIC-key`, `TOPIC-value`)."""
    settings = {
        "": "io.apicurio.registry.utils.converter.AvroConverter",
        ".apicurio.registry.url": f"{registry}/apis/registry/v2",
        ".apicurio.registry.auto-register": "true",
        ".apicurio.registry.find-latest": "true",
        ".apicurio.registry.as-confluent": "true",
        ".apicurio.registry.headers.enabled": "false",
        ".apicurio.registry.use-id": "contentId",
        ".apicurio.registry.artifact-resolver-strategy": "io.apicurio.registry.serde.strategy.TopicIdStrategy",
    }
    return {f"{side}.converter{name}": value for name, value in settings.items()}


def translate(config: dict[str, str], registry: str, login: dict[str, str]) -> dict[str, Any]:
    """The runtime's configuration. `login` is what the connector's producer signs in with."""
    passed = {k: v for k, v in config.items() if k not in MANAGED_ONLY and not k.startswith("value.converter.")}
    for key, value in passed.items():
        if key.startswith("transforms.") and key.endswith(".type"):
            passed[key] = ROUTERS.get(value, value)
    identity = {f"producer.override.{name}": value for name, value in login.items()}
    # The queue must hold more than a batch; the service does not let it be chosen.
    queue = {"max.queue.size": str(4 * int(config.get("max.batch.size", "2048")))}
    return {**passed, **FIXED, **queue, **avro("key", registry), **avro("value", registry), **identity}
