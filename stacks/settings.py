"""One environment's settings: what `Pulumi.<stack>.yaml` says, checked as a whole before any resource exists."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from stacks.backend import AuroraBackend, Backend, NewVpc, PrivateLink
from stacks.clusters import Cluster
from stacks.documents import Document, faults_of, parse, read
from stacks.errors import Fault
from stacks.models import Identifier, Model, Slug, TableName
from stacks.packing import ROUTES_PER_STATEMENT

PROJECT = "cdc-streaming"
# Settings that are secrets: they never enter a model, but go from `pulumi.Config` straight to a resource.
SECRETS = {
    "databasePassword": "the password of the connector's database user",
    "eventsApiPassword": "the password that RDS Proxy signs in with for the events API",
    "notificationUrl": "where Confluent sends its notifications",
}


class EnvironmentSettings(Model):
    """The Confluent environment. Its name is the Flink catalog."""

    name: Slug
    governance: Literal["ESSENTIALS", "ADVANCED"] = "ESSENTIALS"


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
    """The compute pool. Every statement takes at least one CFU; up to `routesPerStatement` routes share one."""

    max_cfu: Literal[5, 10, 20, 30, 40, 50] = 5
    routes_per_statement: Annotated[int, Field(ge=1, le=200)] = ROUTES_PER_STATEMENT


Generation = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,12}$")]


class KeySettings(Model):
    """API keys by generation. To rotate: name the new one `active` and keep the old one, apply; drop the old one, apply."""

    active: Generation = "1"
    kept: list[Generation] = Field(default=[])

    @property
    def generations(self) -> list[str]:
        """Every generation that must exist."""
        return sorted({self.active, *self.kept})


class CiSettings(Model):
    """Who deploys without a key: GitHub Actions of this repository in this environment, by OIDC."""

    repository: Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$")]
    environment: Slug


class Traffic(Model):
    """What cost estimates assume: events per second and bytes of a routed record."""

    events_per_second: Annotated[float, Field(gt=0)] = 100
    bytes_per_event: Annotated[int, Field(ge=1)] = 700


class Settings(Model):
    """Everything that differs between environments."""

    environment: EnvironmentSettings
    kafka: Cluster
    backend: Backend
    connector: ConnectorSettings = ConnectorSettings()
    flink: FlinkSettings = FlinkSettings()
    keys: KeySettings = KeySettings()
    ci: CiSettings | None = None
    traffic: Traffic = Traffic()
    protect: bool = False

    @property
    def private(self) -> bool:
        """Is the cluster reached through PrivateLink only?"""
        return isinstance(self.backend, AuroraBackend) and isinstance(self.backend.connectivity, PrivateLink)

    @property
    def secrets(self) -> list[str]:
        """The secret settings that this environment needs."""
        names = ["databasePassword"]
        if isinstance(self.backend, AuroraBackend):
            names += ["eventsApiPassword", *(["notificationUrl"] if self.backend.alarms.confluent else [])]
        return names

    @model_validator(mode="after")
    def fits_together(self) -> "Settings":
        if self.private and self.kafka.type != "enterprise":
            raise ValueError(
                f"backend.connectivity privatelink does not go with kafka.type {self.kafka.type}: "
                "use kafka.type enterprise, or backend.connectivity public"
            )
        if self.kafka.type == "enterprise" and not self.private:
            raise ValueError(
                "kafka.type enterprise is private: it needs backend.kind aurora with connectivity privatelink"
            )
        zones = (
            self.backend.vpc.zones
            if isinstance(self.backend, AuroraBackend) and isinstance(self.backend.vpc, NewVpc)
            else []
        )
        if wrong := [zone for zone in zones if zone[:-1] != self.kafka.region]:
            raise ValueError(f"backend.vpc.zones {', '.join(wrong)} are not in kafka.region {self.kafka.region}")
        if self.protect and isinstance(self.backend, AuroraBackend) and self.backend.instances < 2:
            raise ValueError(
                "protect needs backend.instances of at least 2: without a reader a failover takes ten minutes"
            )
        return self


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
    needed = settings.secrets if settings else ["databasePassword"]
    for name in sorted(set(needed) - present):
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
    settings, faults = check({k: v for k, v in values.items() if k not in SECRETS}, document, present)
    return settings, [*faults, *in_plain(values, document)]


def in_plain(values: Mapping[str, Any], document: Document) -> list[Fault]:
    """Secrets that stand in the file as they are. Their values are not repeated."""
    found = [name for name in SECRETS if name in values and not isinstance(values[name], dict)]
    return [
        Fault(
            document.where(("config", f"{PROJECT}:{name}")),
            f"{PROJECT}:{name}",
            "a secret in plain",
            hint=f"take it out, use another one, and: pulumi config set --secret {PROJECT}:{name}",
        )
        for name in found
    ]


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
