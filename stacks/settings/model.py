"""One environment's settings: what `Pulumi.<stack>.yaml` says, checked as a whole before any resource exists."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from stacks.files.base import Identifier, Model, Slug, TableName
from stacks.settings.kafka import Cluster
from stacks.settings.source_database import ZONE_ID, AuroraBackend, Backend, NewVpc, PrivateLink

PROJECT = "cdc-streaming"
ROUTES_PER_STATEMENT = 100  # see bench/RESULTS.md
# Settings that are secrets: they never enter a model, but go from `pulumi.Config` straight to a resource.
SECRETS = {
    "databasePassword": "the password of the connector's database user",
    "eventsApiPassword": "the password that RDS Proxy signs in with for the events API",
    "notificationUrl": "where Confluent sends its notifications",
}


def named(name: str) -> str:
    """A name that AWS takes as a part of identifiers, groups and load balancers."""
    if "--" in name or name.endswith("-"):
        raise ValueError("AWS takes no name with -- or with - at its end")
    if name.startswith(("sg-", "internal-")):
        raise ValueError("AWS keeps names that begin with sg- and internal- for itself")
    return name


EnvironmentName = Annotated[Slug, AfterValidator(named)]


class EnvironmentSettings(Model):
    """The Confluent environment. Its name is the Flink catalog, and a part of names on AWS."""

    name: EnvironmentName
    governance: Literal["ESSENTIALS", "ADVANCED"] = "ESSENTIALS"


ConfigurationKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._][a-z0-9]+)*$")]


class ConnectorSettings(Model):
    """The CDC connector. Slot and publication are its place in the source database.

    It writes to the heartbeat table, so that its slot moves on, and takes signals from the signal table: `cdc resnapshot`.
    `serverFilled`: configuration keys that the service adds by itself and that a refresh shows as changes, beside those known.
    """

    name: Slug = "postgres-cdc"
    slot: Identifier = "cdc_slot"
    publication: Identifier = "cdc_publication"
    heartbeat_table: TableName = "public.cdc_heartbeat"
    signal_table: TableName = "public.cdc_signals"
    heartbeat_interval_ms: Annotated[int, Field(ge=1000, le=600_000)] = 10_000
    poll_interval_ms: Annotated[int, Field(ge=1, le=10_000)] = 50
    max_batch_size: Annotated[int, Field(ge=1, le=8191)] = 2048
    server_filled: list[ConfigurationKey] = Field(default=[])

    @property
    def own_tables(self) -> tuple[str, str]:
        """Tables that are published for the connector itself."""
        return self.heartbeat_table, self.signal_table


class FlinkSettings(Model):
    """The compute pool. Every statement takes at least one CFU; up to `routesPerStatement` routes share one."""

    max_cfu: Literal[5, 10, 20, 30, 40, 50] = 5
    routes_per_statement: Annotated[int, Field(ge=1, le=200)] = ROUTES_PER_STATEMENT


Generation = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,12}$")]


class KeySettings(Model):
    """API keys by generation. To rotate: name the new one `active` and keep the old one, apply; drop the old one, apply.

    A private stack makes the new one first: `kept` names it beside the active one, and it becomes `active` one update later.
    """

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
        if wrong := [zone for zone in zones if not ZONE_ID.match(zone) and zone[:-1] != self.kafka.region]:
            raise ValueError(f"backend.vpc.zones {', '.join(wrong)} are not in kafka.region {self.kafka.region}")
        if self.protect and isinstance(self.backend, AuroraBackend) and self.backend.instances < 2:
            raise ValueError(
                "protect needs backend.instances of at least 2: without a reader a failover takes ten minutes"
            )
        return self
