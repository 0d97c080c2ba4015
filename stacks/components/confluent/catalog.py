"""What the catalog says about topics: tags to find them by, and who owns them. Needs the ADVANCED package."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component
from stacks.components.confluent.topics import DataPlane

TAGS = {
    "cdc_raw": "Changes as the connector writes them",
    "cdc_routed": "Events for consumers",
    "cdc_unrouted": "Events that no route takes",
    "cdc_pii": "Personal data",
}
LETTERS = {"cdc_dead_letter": "What a consumer could not work with"}  # where a consumer asks for a topic for it


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What is said about a topic."""

    topic: cc.KafkaTopic
    tag: str
    more: tuple[str, ...] = ()
    owner: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogArgs:
    """Topics by name; the plane's registry serves the catalog."""

    plane: DataPlane
    catalog_endpoint: pulumi.Input[str]
    entries: Mapping[str, Entry]


class Catalog(Component):
    """Tags, their bindings, and owners."""

    TYPE = "cdc:confluent:Catalog"

    def __init__(self, name: str, args: CatalogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        plane, key = args.plane, args.plane.registry_credentials
        asked = any(entry.tag in LETTERS for entry in args.entries.values())
        known = {**TAGS, **(LETTERS if asked else {})}
        tags = {
            tag: cc.Tag(
                f"{name}-{tag.replace('_', '-')}",
                name=tag,
                description=words,
                schema_registry_cluster={"id": plane.registry_id},
                rest_endpoint=args.catalog_endpoint,
                credentials={"key": key.key, "secret": key.secret},
                opts=self.child(),
            )
            for tag, words in known.items()
        }
        for topic, entry in args.entries.items():
            self.describe(topic, entry, [tags[tag] for tag in (entry.tag, *entry.more)], args)
        self.register_outputs({"tags": sorted(known)})

    def describe(self, topic: str, entry: Entry, tags: Sequence[cc.Tag], args: CatalogArgs) -> None:
        """One topic's tags and owner. The catalog names a topic `lsrc:lkc:topic`."""
        plane, key = args.plane, args.plane.registry_credentials
        entity = pulumi.Output.concat(plane.registry_id, ":", plane.cluster_id, ":", entry.topic.topic_name)
        bindings = [
            cc.TagBinding(
                f"{self.name}-{topic}-tag{f'-{number + 1}' if number else ''}",
                tag_name=tag.name,
                entity_name=entity,
                entity_type="kafka_topic",
                schema_registry_cluster={"id": plane.registry_id},
                rest_endpoint=args.catalog_endpoint,
                credentials={"key": key.key, "secret": key.secret},
                opts=self.child(),
            )
            for number, tag in enumerate(tags)
        ]
        cc.CatalogEntityAttributes(
            f"{self.name}-{topic}-attributes",
            entity_name=entity,
            entity_type="kafka_topic",
            attributes={"owner": entry.owner, "description": entry.description},
            schema_registry_cluster={"id": plane.registry_id},
            rest_endpoint=args.catalog_endpoint,
            credentials={"key": key.key, "secret": key.secret},
            # The catalog learns of a topic some time after it is made: the provider waits for that with a binding, and not with these.
            opts=self.child(depends_on=bindings),
        )
