"""The environment's Schema Registry: looked up, since Confluent makes it together with the first Kafka cluster."""

from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryArgs:
    """The environment to look in, and the cluster whose creation makes the registry exist."""

    environment_id: pulumi.Input[str]
    cluster: cc.KafkaCluster
    provider: pulumi.ProviderResource


class Registry(Component):
    """Id, address and CRN of the registry."""

    TYPE = "cdc:confluent:Registry"
    id: pulumi.Output[str]
    rest_endpoint: pulumi.Output[str]
    catalog_endpoint: pulumi.Output[str]
    crn: pulumi.Output[str]
    region: pulumi.Output[str]
    found: pulumi.Output[cc.GetSchemaRegistryClusterResult]

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        # Without depends_on the look-up of a first `up` runs before the cluster exists and finds no registry.
        after = pulumi.InvokeOutputOptions(provider=args.provider, depends_on=[args.cluster])
        self.found = cc.get_schema_registry_cluster_output(
            environment=pulumi.Output.from_input(args.environment_id).apply(environment), opts=after
        )
        self.id = self.found.id
        self.rest_endpoint = self.found.rest_endpoint
        self.catalog_endpoint = self.found.catalog_endpoint
        self.crn = self.found.resource_name
        self.region = args.cluster.region
        self.register_outputs({"id": self.id, "restEndpoint": self.rest_endpoint})

    @property
    def private_endpoint(self) -> pulumi.Output[str]:
        """The address for clients inside the VPC, which the public one is none for."""
        return pulumi.Output.all(self.found, self.region).apply(lambda known: private(*known))


def private(found: cc.GetSchemaRegistryClusterResult, region: str) -> str:
    """The registry's private address in a region; the public one, with a warning, where Confluent names none (yet)."""
    known = (found.private_regional_rest_endpoints or {}).get(region)
    if not known:
        pulumi.log.warn(
            f"the Schema Registry {found.id} has no private address in {region} yet: the contract holds the public one. "
            "Apply again when the network is attached"
        )
    return known or found.rest_endpoint


def environment(identity: str) -> cc.GetSchemaRegistryClusterEnvironmentArgs:
    """The look-up's argument."""
    return cc.GetSchemaRegistryClusterEnvironmentArgs(id=identity)
