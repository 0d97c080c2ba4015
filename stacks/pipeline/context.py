"""What every stage needs, built once: where it stands (Context), and what stands already (Platform)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_confluentcloud as cc

from stacks import naming
from stacks.components.confluent.endpoints import Endpoints
from stacks.components.confluent.identity import Identity
from stacks.components.confluent.kafka import Kafka
from stacks.components.confluent.registry import Registry
from stacks.components.confluent.topics import DataPlane
from stacks.rollout.previous_outputs import PreviousOutputs
from stacks.routes.model import Routes
from stacks.settings.model import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class CloudAccess:
    """How Confluent Cloud is called. Without a key here, its provider takes CONFLUENT_CLOUD_API_KEY and _SECRET."""

    api_key: pulumi.Output[str] | None
    api_secret: pulumi.Output[str] | None
    endpoint: str | None

    @classmethod
    def load(cls) -> "CloudAccess":
        """From the configuration of the package confluentcloud."""
        config = pulumi.Config("confluentcloud")
        return cls(
            api_key=config.get_secret("cloudApiKey"),
            api_secret=config.get_secret("cloudApiSecret"),
            endpoint=config.get("endpoint"),
        )

    @property
    def address(self) -> str:
        """The API's address."""
        return self.endpoint or naming.CONFLUENT_ENDPOINT


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """One stack: its files, its last outputs, its secrets by name, its providers, its place at Confluent."""

    settings: Settings
    routes: Routes
    previous: PreviousOutputs
    secrets: Mapping[str, pulumi.Output[str]]
    cloud: CloudAccess
    confluent: cc.Provider
    organization: pulumi.Output[cc.GetOrganizationResult]
    region: pulumi.Output[cc.GetFlinkRegionResult]

    @classmethod
    def build(cls, settings: Settings, routes: Routes, previous: PreviousOutputs) -> "Context":
        """Secrets and keys from Pulumi's configuration; the default provider of Confluent, and what it looks up."""
        own, cloud = pulumi.Config(), CloudAccess.load()
        confluent = cc.Provider(
            "confluent",
            cloud_api_key=cloud.api_key,
            cloud_api_secret=cloud.api_secret,
            endpoint=cloud.endpoint,
            max_retries=10,  # large stacks run into the API's rate limits
        )
        asking = pulumi.InvokeOutputOptions(provider=confluent)
        return cls(
            settings=settings,
            routes=routes,
            previous=previous,
            secrets={name: own.require_secret(name) for name in settings.secrets},
            cloud=cloud,
            confluent=confluent,
            organization=cc.get_organization_output(opts=asking),
            region=cc.get_flink_region_output(cloud="AWS", region=settings.kafka.region, opts=asking),
        )

    @property
    def below(self) -> pulumi.ResourceOptions:
        """Options of the components on Confluent Cloud."""
        return pulumi.ResourceOptions(providers=[self.confluent])


@dataclass(frozen=True, slots=True)
class Identities:
    """Every identity of an environment."""

    deployer: Identity
    connector: Identity
    flink: Identity
    operator: Identity
    redriver: Identity
    consumers: dict[str, Identity]

    def credentials(self) -> pulumi.Output[dict[str, Any]]:
        """Keys that leave the stack, by consumer, the operator's and the redriver's. Secret."""
        outgoing = {**self.consumers, "operator": self.operator, "redriver": self.redriver}
        return pulumi.Output.all(
            **{
                name: {target: identity.credentials(target).plain() for target in identity.keys}
                for name, identity in outgoing.items()
            }
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """What topics, connector and statements stand on."""

    kafka: Kafka
    registry: Registry
    endpoints: Endpoints
    identities: Identities
    data_plane: DataPlane
