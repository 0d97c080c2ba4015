"""What probes look at: each fact is asked once, when the first probe wants it, by public protocols only."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, OffsetSpec, ResourceType
from psycopg.rows import dict_row

from cli.client import consumers, flow, kafka, registry, rest
from cli.client.connector import ConnectorClient
from cli.client.offsets import Offsets, between
from cli.client.stack import Stack, local_dsn
from cli.doctor import access, queries
from cli.doctor.once import once
from local.engines import client as supervisor
from local.environment import ROOT, Instance
from stacks import load as loading
from stacks.contract import ConsumerContract
from stacks.errors import CdcError
from stacks.routes.model import Routes
from stacks.settings.model import Settings

PATIENCE_MS = 4000  # a statement of ours on the database
SECONDS = 5  # an answer of Kafka's
Row = dict[str, Any]
Answer = TypeVar("Answer")


class Skipped(Exception):
    """A probe that does not apply here, and why."""


class Gone(Skipped):
    """What a probe would look at is not there: another probe says so."""


def there(ask: Callable[[], Answer]) -> Answer:
    """The connector's answer. Gone when there is no connector."""
    try:
        return ask()
    except rest.NotFound as error:
        raise Gone("the connector is gone") from error


@dataclass
class Facts:
    """A stack, and what can be asked of it. `database`: an address of its database; the local stack knows its own."""

    stack: Stack
    database: str | None = None

    @once
    def files(self) -> tuple[Settings, Routes]:
        """Settings and routes of this checkout."""
        return loading.from_files(ROOT, self.stack.name)

    @once
    def engines(self) -> list[Row]:
        """Processes of the local environment."""
        if not self.stack.local:
            raise Skipped("only the local environment has engines of its own")
        return supervisor.engines(Instance.here()) or []

    @property
    def dsn(self) -> str:
        """The database, as the role that captures. Skipped without an address."""
        if self.database is None and not self.stack.local:
            raise Skipped("the database's address is not known: --database postgresql://cdc@host:5432/name")
        return self.database or local_dsn(self.stack, "cdc")

    def rows(self, query: str, **parameters: Any) -> list[Row]:
        """One question to the database; read-only."""
        with psycopg.connect(self.dsn, connect_timeout=4) as connection:
            connection.read_only = True
            connection.execute(f"SET statement_timeout = {PATIENCE_MS}".encode())
            with connection.cursor(row_factory=dict_row) as cursor:
                return cursor.execute(query.encode(), parameters).fetchall()

    @once
    def server(self) -> Row:
        """Settings, clock, positions, free slots and senders."""
        return self.rows(queries.SERVER)[0]

    @once
    def clock_skew(self) -> float:
        """Seconds that the database's clock is ahead of ours."""
        before = time.time()
        theirs = float(self.rows(queries.CLOCK)[0]["now"])
        return theirs - (before + time.time()) / 2

    @once
    def slot(self) -> Row | None:
        """The connector's slot."""
        return next(iter(self.rows(queries.SLOT, slot=self.stack.contract.database.slot)), None)

    @once
    def published(self) -> list[str] | None:
        """Tables of the publication, as `schema.table`; None when there is no publication."""
        name = self.stack.contract.database.publication
        if not self.rows(queries.PUBLICATION, publication=name):
            return None
        return [row["name"] for row in self.rows(queries.PUBLISHED, publication=name)]

    @once
    def tables(self) -> list[Row]:
        """Per captured table: is it there, and may the connector's role read it."""
        return self.rows(queries.TABLES, tables=[source.table for source in self.stack.contract.sources])

    @once
    def transactions(self) -> list[Row]:
        """The oldest transactions of others, prepared ones too."""
        return self.rows(queries.TRANSACTIONS)

    @once
    def connector(self) -> ConnectorClient:
        """The connector's API. Skipped without a Cloud API key."""
        try:
            return ConnectorClient(self.stack)
        except CdcError as error:
            raise Skipped(f"{error.message} ({error.hint})") from error

    @once
    def connector_status(self) -> Row:
        """State, tasks, traces."""
        return there(self.connector.status)

    @once
    def connector_config(self) -> dict[str, str]:
        """What the connector runs with, without secrets."""
        return there(lambda: self.connector.rest.get(self.connector.path)["config"])

    def stored_position(self) -> int | None:
        """The log position that the connector stored last, asked each time; None when it stored none."""
        found = [entry["offset"] for entry in there(self.connector.offsets) if entry.get("offset")]
        return max((int(one["lsn"]) for one in found if one.get("lsn") is not None), default=None)

    @once
    def flow(self) -> flow.Flow:
        """What moved, as `cdc status` tells it."""
        return flow.gather(self.stack, self.heartbeat_seconds, started=False)[0]

    @property
    def heartbeat_seconds(self) -> float:
        """Between two heartbeats."""
        return self.files[0].connector.heartbeat_interval_ms / 1000

    @once
    def offsets(self) -> Offsets:
        """Topics and their offsets, as the operator."""
        return Offsets(self.stack)

    @once
    def recent(self) -> dict[str, int]:
        """Offsets per topic that the last minutes brought (markers of transactions among them)."""
        contract = self.stack.contract
        names = [topic for s in contract.sources for topic in (s.raw_topic, s.unrouted_topic)]
        names = [name for name in names if name in self.offsets.topics]
        begin = self.offsets.of(names, flow.ago(time.time(), flow.WINDOW))
        return between(begin, self.offsets.of(names, OffsetSpec.latest()))

    @once
    def topic_configs(self) -> dict[str, dict[str, str]]:
        """Settings of the contract's topics that are there. Skipped where the operator, who only reads records, may not see them."""
        names = [topic for topic in self.topics if topic in self.offsets.topics]
        asked = [ConfigResource(ResourceType.TOPIC, name) for name in names]
        admin = AdminClient(kafka.local_admin_config()) if self.stack.local else self.offsets.admin
        found: dict[Any, Any] = admin.describe_configs(asked, request_timeout=SECONDS) if asked else {}
        try:
            return {
                place.name: {key: entry.value for key, entry in answer.result(SECONDS).items()}
                for place, answer in found.items()
            }
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_AUTHORIZATION_FAILED:
                raise
            reason = f"topics' settings are not the operator's to see: pulumi preview -s {self.stack.name} --refresh compares them"
            raise Skipped(reason) from error

    @property
    def topics(self) -> list[str]:
        """Every topic that the contract names."""
        contract = self.stack.contract
        own = [t for s in contract.sources for t in (s.raw_topic, s.unrouted_topic, s.dead_letter_topic) if t]
        return [*own, *dict.fromkeys(route.topic for route in contract.routes)]

    def statement(self, name: str) -> Row:
        """A routing statement as it is now. CdcError when there is none."""
        return rest.statement(self.stack, name)

    @once
    def visible(self) -> dict[str, set[str] | KafkaException]:
        """Per consumer with topics: the topics that its key sees; or what Kafka answered to the key."""
        return at_once(
            [c for c in self.stack.contract.consumers if c.topics], lambda c: access.visible(self.stack, c.name)
        )

    @once
    def readers(self) -> dict[str, consumers.Reader | KafkaException]:
        """How far each consumer is, asked with its own key, where Kafka knows that; or what Kafka answered."""
        known = [c for c in self.stack.contract.consumers if isinstance(self.visible.get(c.name), set)]
        return at_once(known, lambda c: consumers.reader(self.stack, self.offsets, c))

    def members(self, name: str) -> int:
        """How many members a consumer's group has now, asked with its own key."""
        group = next(one.group for one in self.stack.contract.consumers if one.name == name)
        admin = AdminClient(kafka.kafka_config(self.stack, name))
        answer = admin.describe_consumer_groups([group], request_timeout=SECONDS)[group]
        return len(answer.result(SECONDS).members)

    @once
    def subjects(self) -> list[str]:
        """Subjects of the registry."""
        return registry.client(self.stack, "operator").get_subjects()

    def latest(self, subject: str) -> int:
        """The id of a subject's newest schema."""
        identity = registry.client(self.stack, "operator").get_latest_version(subject).schema_id
        return identity or 0

    def level(self, subject: str) -> str:
        """A subject's compatibility."""
        return registry.client(self.stack, "operator").get_config(subject).compatibility_level or ""


def at_once(
    asked: Sequence[ConsumerContract], ask: Callable[[ConsumerContract], Answer]
) -> dict[str, Answer | KafkaException]:
    """One question about several consumers; Kafka's refusal of one is its answer."""

    def one(consumer: ConsumerContract) -> Answer | KafkaException:
        try:
            return ask(consumer)
        except KafkaException as error:
            return error

    with ThreadPoolExecutor(max(1, len(asked))) as pool:
        return dict(zip((consumer.name for consumer in asked), pool.map(one, asked), strict=True))
