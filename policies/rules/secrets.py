"""Secrets: encrypted, never in the open."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.graph import SECRET, Graph
from policies.rule import aws, whole

# Property → resource types whose value must be a secret.
SENSITIVE = {
    "configSensitive": ("connector",),
    "credentials": (
        "kafkaTopic",
        "kafkaAcl",
        "schema",
        "subjectConfig",
        "tag",
        "tagBinding",
        "catalogEntityAttributes",
    ),
    "secretString": ("secretsmanager/secretVersion",),
}
MARKER = "marker-"  # what tests put in place of secrets


def plain(value: Any) -> bool:
    """Is there anything in the open? Secrets show as [secret], at the top or at each leaf."""
    if isinstance(value, Mapping):
        return any(plain(item) for key, item in value.items() if key != "key")
    return value is not None and value != SECRET


def in_the_open(graph: Graph) -> Iterator[tuple[str, str]]:
    for resource in graph if graph.secrets_shown else ():
        for name, types in SENSITIVE.items():
            if resource.type in types and plain(resource.get(name)) and name not in resource.secrets:
                yield resource.name, f"{name} is not a secret"


def markers(value: Any) -> Iterator[str]:
    """Every text in a value that looks like a test's secret."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from markers(item)
    elif isinstance(value, list):
        for item in value:
            yield from markers(item)
    elif isinstance(value, str) and MARKER in value:
        yield value


def leaked(graph: Graph) -> Iterator[tuple[str, str]]:
    for resource in graph:
        if any(markers(resource.props)):
            yield resource.name, "shows a secret in plain"


def exported(graph: Graph) -> Iterator[tuple[str, str]]:
    if "credentials" in graph.exports and graph.exports["credentials"] != SECRET:
        yield "credentials", "the output is not a secret"
    if any(markers(dict(graph.exports))):
        yield "exports", "show a secret in plain"


def provider_keys(graph: Graph) -> Iterator[tuple[str, str]]:
    for resource in graph if graph.secrets_shown else ():
        if resource.token == "pulumi:providers:confluentcloud":  # noqa: S105 - a type token
            secret = [name for name in ("cloudApiSecret", "flinkApiSecret") if plain(resource.get(name))]
            if secret and not set(secret) <= resource.secrets:
                yield resource.name, f"{', '.join(secret)} is not a secret"


RULES = (
    aws("SEC-01", "secretsmanager/secret", "secrets are encrypted with a customer key", "set kms_key_id", lambda r: bool(r.get("kmsKeyId"))),
    aws("SEC-02", "secretsmanager/secret", "a deleted secret can be brought back", "set recovery_window_in_days to 7 or more", lambda r: (r.get("recoveryWindowInDays") or 0) >= 7),
    aws("SEC-03", "secretsmanager/secret", "a secret says what it is for", "set description", lambda r: bool(r.get("description"))),
    whole("SEC-04", "sensitive properties are secrets", "wrap the value in pulumi.Output.secret", in_the_open),
    whole("SEC-05", "no secret stands in a plain property", "pass it through require_secret and a sensitive property", leaked),
    whole("SEC-06", "no secret is exported", "export the place of the secret, not its value", exported),
    whole("SEC-07", "providers' keys are secrets", "wrap the value in pulumi.Output.secret", provider_keys),
)  # fmt: skip
