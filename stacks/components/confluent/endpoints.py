"""Where Kafka, registry and Flink answer: their public addresses, or those of our own access point."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

Found = Sequence[cc.outputs.GetEndpointEndpointResult]
PAUSES = (2, 4, 8, *[15] * 38)  # seconds between two looks: ten minutes, since addresses are listed late
NEEDED = {"KAFKA": ("BOOTSTRAP", "REST"), "SCHEMA_REGISTRY": ("REST",), "FLINK": ("REST",)}


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
        """Private endpoints of a service in this environment and region; an update waits until ours are among them."""
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
        if pulumi.runtime.is_dry_run():
            return self.asked(wanted)
        ready = pulumi.Output.all(self.identity, *(one.urn for one in self.ready))  # who uses an address needs them all
        return ready.apply(lambda known: wanted.apply(lambda asked: self.awaited(asked, str(known[0]), service)))

    def asked(self, wanted: pulumi.Input[cc.GetEndpointFilterArgs]) -> pulumi.Output[Found]:
        """What is listed now."""
        after = pulumi.InvokeOutputOptions(provider=self.provider, depends_on=list(self.ready))
        return cc.get_endpoint_output(filter=wanted, opts=after).endpoints

    async def awaited(self, wanted: cc.GetEndpointFilterArgs, own: str, service: str) -> Found:
        """What is listed as soon as each needed kind is, or after the last look."""
        found: Found = []
        for pause in PAUSES:
            found = await self.asked(wanted).future() or []
            if all(matching(found, own, kind) for kind in NEEDED[service]):
                break
            await asyncio.sleep(pause)
        return found

    def address(self, found: pulumi.Output[Found], service: str, kind: str) -> pulumi.Output[str]:
        """The one address of a kind that is this access point's."""
        return self.identity.apply(lambda own: found.apply(lambda known: chosen(known, own, service, kind)))


def matching(found: Found, access_point: str, kind: str) -> list[str]:
    """Addresses of a kind that are this access point's."""
    return [e.endpoint for e in found if access_point in [p.id for p in e.access_points] and e.endpoint_type == kind]


def chosen(found: Found, access_point: str, service: str, kind: str) -> str:
    """One endpoint's address. RunError when the access point has none (yet), or several."""
    own = matching(found, access_point, kind)
    if len(own) == 1:
        return own[0]
    others = ", ".join(sorted({f"{e.endpoint_type} {e.endpoint}" for e in found})) or "none"
    raise pulumi.RunError(
        f"Confluent lists {len(own)} private addresses ({kind}) of {service} for access point {access_point}, "
        f"expected 1; all private ones there: {others}\n"
        "hint: addresses are listed some minutes after the access point is ready, and it was waited for them: run the update again"
    )
