"""The managed PostgreSQL CDC connector, and what its service account may do on the cluster."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks import naming
from stacks.components.base import Component
from stacks.components.confluent.acls import AclsArgs, kafka_acls
from stacks.components.confluent.identity import Acl
from stacks.components.confluent.topics import DataPlane
from stacks.errors import CdcError
from stacks.routes.model import Source
from stacks.settings import root_certificate
from stacks.settings.model import ConnectorSettings
from stacks.settings.source_database import AuroraBackend, PostgresBackend

# Keys that the service adds to what it was given; without this a refreshed stack would show them as changes.
SERVER_FILLED = ("kafka.deployment.type", "kafka.max.partition.validation.enable")


@dataclass(frozen=True, kw_only=True, slots=True)
class CdcConnectorArgs:
    """The source database, the captured tables, and the identity the connector writes as."""

    settings: ConnectorSettings
    backend: PostgresBackend | AuroraBackend
    host: pulumi.Input[str]
    port: pulumi.Input[int]
    sources: Sequence[Source]
    environment_id: pulumi.Input[str]
    account_id: pulumi.Input[str]
    principal: pulumi.Input[str]
    database_password: pulumi.Input[str]
    plane: DataPlane
    after: Sequence[pulumi.Resource]
    protect: bool


class CdcConnector(Component):
    """The connector with its ACLs."""

    TYPE = "cdc:confluent:CdcConnector"
    connector: cc.Connector

    def __init__(self, name: str, args: CdcConnectorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        acls_args = AclsArgs(principal=args.principal, acls=permissions(args), plane=args.plane)
        acls = kafka_acls(name, acls_args, self.child())
        declared = configuration(args)
        self.connector = cc.Connector(
            f"{name}-connector",
            environment={"id": args.environment_id},
            kafka_cluster={"id": args.plane.cluster_id},
            status="RUNNING",
            config_nonsensitive=declared,
            config_sensitive={"database.password": args.database_password},
            # Before its ACLs, topics and publication exist the connector fails (or makes a topic of one partition).
            opts=self.child(
                protect=args.protect,
                depends_on=[*acls, *args.after],
                ignore_changes=server_filled(args.settings.server_filled, declared),
                # The provider plans a new name as an update, and the service then has two (CC-CONNECTOR-NAME). Two of one name, or
                # two readers of one slot, cannot be there at once: the old one goes first.
                replace_on_changes=["configNonsensitive.name"],
                delete_before_replace=True,
            ),
        )
        self.register_outputs({"connectorId": self.connector.id})


def permissions(args: CdcConnectorArgs) -> dict[str, Acl]:
    """By name: describe the cluster, create and write its own topics."""
    heartbeat = naming.heartbeat_topic(args.settings.name)
    written = {**{source.name: source.topic for source in args.sources}, "heartbeat": heartbeat}
    found = {"describe-cluster": Acl(kind="CLUSTER", name="kafka-cluster", operations=["DESCRIBE"])}
    for name, topic in written.items():
        verbs = ("CREATE", "WRITE")
        found |= {f"{verb.lower()}-{name}": Acl(kind="TOPIC", name=topic, operations=[verb]) for verb in verbs}
    return found


def server_filled(named: Sequence[str], declared: Mapping[str, object]) -> list[str]:
    """What the service may change without a difference. CdcError for a key that is the program's own: its changes must be seen."""
    if own := sorted(set(named) & set(declared)):
        hint = "take it out there: only keys that the service adds by itself may change unseen"
        raise CdcError(f"connector.serverFilled names {', '.join(own)}, which this program sets", hint)
    return [f'configNonsensitive["{key}"]' for key in (*SERVER_FILLED, *named)]


def configuration(args: CdcConnectorArgs) -> Mapping[str, pulumi.Input[str]]:
    """The keys of PostgresCdcSourceV2, all strings. The slot and publication are named, never made up by a default."""
    return {
        "connector.class": "PostgresCdcSourceV2",
        "name": args.settings.name,
        "tasks.max": "1",
        "kafka.auth.mode": "SERVICE_ACCOUNT",
        "kafka.service.account.id": args.account_id,
        **database_keys(args),
        **capture_keys(args.settings, args.sources),
        **record_keys(args.sources, args.settings.signal_table),
    }


def database_keys(args: CdcConnectorArgs) -> dict[str, pulumi.Input[str]]:
    """Where the rows come from: the writer, never a proxy."""
    backend, settings = args.backend, args.settings
    authorities = backend.ssl_root_certificate
    return {
        "database.hostname": args.host,
        "database.port": pulumi.Output.from_input(args.port).apply(str),
        "database.user": backend.user,
        "database.dbname": backend.database,
        "database.sslmode": backend.ssl_mode,
        **({"database.sslrootcert": root_certificate.text(authorities)} if authorities else {}),
        "slot.name": settings.slot,
        "slot.drop.on.stop": "false",
        "publication.name": settings.publication,
        "publication.autocreate.mode": "disabled",
    }


def capture_keys(settings: ConnectorSettings, sources: Sequence[Source]) -> dict[str, str]:
    """What is captured and how soon. The heartbeat moves the slot on while the captured tables are quiet."""
    table = settings.heartbeat_table
    beat = f"INSERT INTO {table} (id, beat_at) VALUES (1, now()) ON CONFLICT (id) DO UPDATE SET beat_at = now()"  # noqa: S608 - a checked name
    return {
        "topic.prefix": naming.CONNECT_PREFIX,
        "table.include.list": ",".join(source.table for source in sources),
        "snapshot.mode": "initial",
        "signal.data.collection": settings.signal_table,
        "streaming.delay.ms": "0",
        "heartbeat.interval.ms": str(settings.heartbeat_interval_ms),
        "heartbeat.action.query": beat,
        "topic.heartbeat.prefix": naming.heartbeat_prefix(settings.name),
        "poll.interval.ms": str(settings.poll_interval_ms),
        "max.batch.size": str(settings.max_batch_size),
        "errors.tolerance": "none",
    }


def record_keys(sources: Sequence[Source], signal_table: str) -> dict[str, str]:
    """Flat Avro records keyed by the table's key, with operation, table, commit time and log position.

    The signal table's own changes are for the connector, and end here.
    """
    keys = {
        "output.data.format": "AVRO",
        "output.key.format": "AVRO",
        "after.state.only": "false",
        "tombstones.on.delete": "false",
        "decimal.handling.mode": "string",
        "time.precision.mode": "adaptive",
        "interval.handling.mode": "string",
        "binary.handling.mode": "bytes",
        "schema.name.adjustment.mode": "avro",
        "field.name.adjustment.mode": "avro",
        "transforms": ",".join(["signals", "flat", *(f"to-{source.name}" for source in sources)]),
        "transforms.signals.type": "org.apache.kafka.connect.transforms.Filter",
        "transforms.signals.predicate": "signal",
        "predicates": "signal",
        "predicates.signal.type": "org.apache.kafka.connect.transforms.predicates.TopicNameMatches",
        "predicates.signal.pattern": topic_pattern(signal_table),
        "transforms.flat.type": "io.debezium.transforms.ExtractNewRecordState",
        "transforms.flat.delete.tombstone.handling.mode": "rewrite",
        "transforms.flat.add.fields": "op,table,source.ts_ms,lsn",
        # A NULL in a column that has a default would arrive as the default (Debezium: "Event flattening"; Connect's Struct).
        "transforms.flat.replace.null.with.default": "false",
        "value.converter.ignore.default.for.nullables": "true",
    }
    for source in sources:
        keys |= {
            f"transforms.to-{source.name}.type": "io.confluent.connect.cloud.transforms.TopicRegexRouter",
            f"transforms.to-{source.name}.regex": topic_pattern(source.table),
            f"transforms.to-{source.name}.replacement": source.topic,
        }
    return keys


def topic_pattern(table: str) -> str:
    """A pattern that is a table's topic as the connector calls it: other characters than Kafka's become `_`."""
    topic = re.sub(r"[^A-Za-z0-9._-]", "_", f"{naming.CONNECT_PREFIX}.{table}")
    return topic.replace(".", "\\.")
