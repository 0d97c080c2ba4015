"""One environment's settings: what `Pulumi.<stack>.yaml` says, checked as a whole before any resource exists."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from stacks.documents import Document, faults_of, parse, read
from stacks.errors import Fault
from stacks.models import Host, Identifier, Model, Region, Slug, TableName

PROJECT = "cdc-streaming"
# Settings that are secrets: they never enter a model, but go from `pulumi.Config` straight to a resource.
SECRETS = {"databasePassword": "the password of the connector's database user"}


class EnvironmentSettings(Model):
    """The Confluent environment. Its name is the Flink catalog."""

    name: Slug
    governance: Literal["ESSENTIALS", "ADVANCED"] = "ESSENTIALS"


class Standard(Model):
    """A Standard cluster: public, role-based access."""

    type: Literal["standard"]
    name: Slug
    availability: Literal["SINGLE_ZONE", "MULTI_ZONE"]
    region: Region
    max_ecku: Annotated[int, Field(ge=1, le=10)] | None = None


class Enterprise(Model):
    """An Enterprise cluster: private networking, role-based access."""

    type: Literal["enterprise"]
    name: Slug
    availability: Literal["LOW", "HIGH"]
    region: Region
    max_ecku: Annotated[int, Field(ge=1, le=32)] | None = None

    @model_validator(mode="after")
    def enough_capacity(self) -> "Enterprise":
        if self.availability == "HIGH" and self.max_ecku == 1:
            raise ValueError("availability HIGH needs maxEcku of at least 2")
        return self


class Dedicated(Model):
    """A Dedicated cluster of a fixed size."""

    type: Literal["dedicated"]
    name: Slug
    availability: Literal["SINGLE_ZONE", "MULTI_ZONE"]
    region: Region
    cku: Annotated[int, Field(ge=1, le=24)]

    @model_validator(mode="after")
    def enough_units(self) -> "Dedicated":
        if self.availability == "MULTI_ZONE" and self.cku < 2:
            raise ValueError("availability MULTI_ZONE needs cku of at least 2")
        return self


Cluster = Annotated[Standard | Enterprise | Dedicated, Field(discriminator="type")]


class PostgresBackend(Model):
    """A PostgreSQL that exists already. The host must be the writer: replication does not pass a proxy."""

    kind: Literal["postgres"]
    host: Host
    port: Annotated[int, Field(ge=1, le=65535)] = 5432
    database: Identifier
    user: Identifier = "cdc"
    ssl_mode: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] = "require"

    @model_validator(mode="after")
    def is_a_writer(self) -> "PostgresBackend":
        if ".proxy-" in self.host:
            raise ValueError("host is an RDS Proxy, which refuses replication: use the cluster's writer endpoint")
        return self


class ConnectorSettings(Model):
    """The CDC connector. Slot and publication are its place in the source database."""

    name: Slug = "postgres-cdc"
    slot: Identifier = "cdc_slot"
    publication: Identifier = "cdc_publication"
    heartbeat_table: TableName = "public.cdc_heartbeat"
    heartbeat_interval_ms: Annotated[int, Field(ge=1000, le=600_000)] = 10_000
    poll_interval_ms: Annotated[int, Field(ge=1, le=10_000)] = 50
    max_batch_size: Annotated[int, Field(ge=1, le=8191)] = 2048


class FlinkSettings(Model):
    """The compute pool. Every statement takes at least one CFU."""

    max_cfu: Literal[5, 10, 20, 30, 40, 50] = 5


class Settings(Model):
    """Everything that differs between environments."""

    environment: EnvironmentSettings
    kafka: Cluster
    backend: PostgresBackend
    connector: ConnectorSettings = ConnectorSettings()
    flink: FlinkSettings = FlinkSettings()
    protect: bool = False


def check(values: dict[str, Any], document: Document, present: set[str]) -> tuple[Settings | None, list[Fault]]:
    """Settings, or everything that is wrong with them. `present` names the secrets that are set."""
    prefix = f"{PROJECT}:"
    faults: list[Fault] = []
    settings = None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        for fault in faults_of(error, moved(document, prefix)):
            faults.append(Fault(fault.where, f"{PROJECT}:{fault.path}", fault.problem, fault.got, fault.hint))
    for name in sorted(set(SECRETS) - present):
        hint = f"set it: pulumi config set --secret {PROJECT}:{name}"
        faults.append(Fault(document.where(("config",)), f"{PROJECT}:{name}", f"missing: {SECRETS[name]}", hint=hint))
    return settings, faults


def moved(document: Document, prefix: str) -> Document:
    """The document with `config.<project>:` taken off the paths, so that they are the settings' own."""
    positions = {
        (str(place[1]).removeprefix(prefix), *place[2:]): position
        for place, position in document.positions.items()
        if len(place) > 1 and place[0] == "config"
    }
    return Document(document.file, document.data, positions)


def from_file(path: Path, plan_only: bool = False) -> tuple[Settings | None, list[Fault]]:
    """Check a stack file without Pulumi. `plan_only` does not ask for secrets: a preview has none."""
    document = read(path)
    config = (document.data or {}).get("config") or {}
    values = {k.removeprefix(f"{PROJECT}:"): v for k, v in config.items() if k.startswith(f"{PROJECT}:")}
    present = set(SECRETS) if plan_only else set(SECRETS) & set(values)
    return check({k: v for k, v in values.items() if k not in SECRETS}, document, present)


def from_config(config: Mapping[str, str], stack_file: Path) -> tuple[Settings | None, list[Fault]]:
    """Check what Pulumi hands a running program: each value as text, objects as JSON."""
    document = read(stack_file) if stack_file.exists() else parse("", stack_file.name)
    texts = {k.removeprefix(f"{PROJECT}:"): v for k, v in config.items() if k.startswith(f"{PROJECT}:")}
    values = {k: decoded(v) for k, v in texts.items() if k not in SECRETS}
    return check(values, document, set(SECRETS) & set(texts))


def decoded(text: str) -> Any:
    """Pulumi hands objects, numbers and booleans over as JSON, strings as they are."""
    try:
        return json.loads(text)
    except ValueError:
        return text
