"""Where Kafka, registry and Flink answer: their public addresses, or those of our own access point."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

Found = Sequence[cc.outputs.GetEndpointEndpointResult]


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoints:
    """`bootstrap`: Kafka's own protocol, host:port, perhaps behind `SASL_SSL://`. The others are https URLs.

    `registry_for_clients`: what the contract tells consumers, which a private stack's deployment need not use itself.
    """

    bootstrap: pulumi.Output[str]
    kafka_rest: pulumi.Output[str]
    registry: pulumi.Output[str]
    registry_for_clients: pulumi.Output[str]
    flink: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessPoint:
    """Whose addresses are asked for. `ready`: what must be there before they are known."""

    identity: pulumi.Output[str]
    environment_id: pulumi.Output[str]
    cluster_id: pulumi.Output[str]
    region: str
    provider: pulumi.ProviderResource
    ready: Sequence[pulumi.Resource]

    def endpoints(self) -> Endpoints:
        """Addresses by this access point. A cluster's own list is as old as its last update, so they are looked up."""
        kafka, registry, flink = (self.listed(service) for service in ("KAFKA", "SCHEMA_REGISTRY", "FLINK"))
        registry_rest = self.address(registry, "SCHEMA_REGISTRY", "REST")
        return Endpoints(
            bootstrap=self.address(kafka, "KAFKA", "BOOTSTRAP"),
            kafka_rest=self.address(kafka, "KAFKA", "REST"),
            registry=registry_rest,
            registry_for_clients=registry_rest,
            flink=self.address(flink, "FLINK", "REST"),
        )

    def listed(self, service: str) -> pulumi.Output[Found]:
        """Private endpoints of a service in this environment and region."""
        wanted = pulumi.Output.all(self.environment_id, self.cluster_id).apply(
            lambda known: cc.GetEndpointFilterArgs(
                environment=cc.GetEndpointFilterEnvironmentArgs(id=known[0]),
                service=service,
                resource=known[1] if service == "KAFKA" else None,
                cloud="AWS",
                region=self.region,
                is_private=True,
            )
        )
        after = pulumi.InvokeOutputOptions(provider=self.provider, depends_on=list(self.ready))
        return cc.get_endpoint_output(filter=wanted, opts=after).endpoints

    def address(self, found: pulumi.Output[Found], service: str, kind: str) -> pulumi.Output[str]:
        """The one address of a kind that is this access point's."""
        return self.identity.apply(lambda own: found.apply(lambda known: chosen(known, own, service, kind)))


def chosen(found: Found, access_point: str, service: str, kind: str) -> str:
    """One endpoint's address. RunError when the access point has none (yet), or several."""
    own = [e.endpoint for e in found if access_point in [p.id for p in e.access_points] and e.endpoint_type == kind]
    if len(own) == 1:
        return own[0]
    others = ", ".join(sorted({f"{e.endpoint_type} {e.endpoint}" for e in found})) or "none"
    raise pulumi.RunError(
        f"Confluent lists {len(own)} private addresses ({kind}) of {service} for access point {access_point}, "
        f"expected 1; all private ones there: {others}\n"
        "hint: addresses are listed some minutes after the access point is ready: run the update again"
    )
