"""PostgreSQL and Kafka alone, as the local environment configures them, for arms that need nothing else of ours."""

import asyncio
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from migrator import migrations
from migrator.schema import Dsn
from psycopg import conninfo, sql

from bench.peers.arm import Place
from cli.client.database import FOLDER, ensure_database
from cli.client.kafka import local_admin_login
from cli.client.wait import wait_for
from cli.traffic.events import TYPES
from local.engines import client, spec
from local.engines.supervisor import Supervisor
from local.environment import Instance
from local.toolchain import installed

DATABASE, PUBLICATION, TABLE = "peers", "peers", "event_headers"
PARTITIONS = 6  # as our routed topics have
BASIC = ("postgres", "kafka")


@dataclass(frozen=True)
class Ground:
    """What stands before the arm does. `supervisor` starts its further engines."""

    instance: Instance
    supervisor: Supervisor
    topics: dict[str, str]

    @property
    def dsn(self) -> str:
        """The database of the arms, as its owner."""
        owner = self.owner(DATABASE)
        return conninfo.make_conninfo(
            host=owner.host, port=owner.port, dbname=owner.database, user=owner.user, password=owner.password
        )

    def owner(self, database: str) -> Dsn:
        """A database as its owner."""
        port, password = self.instance.port("postgres"), self.instance.secrets["postgres"]
        return Dsn("127.0.0.1", port, database, "postgres", password)

    def pid(self, engine: str) -> int:
        """Of a running engine."""
        return self.supervisor.running[engine].describe()["pid"]

    def place(self, pids: Sequence[int]) -> Place:
        """For the measurement: arms here write the event's id as the record's key."""
        topics = sorted(self.topics.values())
        kafka = self.pid("kafka")
        return Place(
            instance=self.instance, dsn=self.dsn, topics=topics, pids=list(pids), kafka_pid=kafka, identify=bytes.decode
        )

    def prepare(self) -> None:
        """Tables and publication, a topic for each type."""
        ensure_database(self.owner("postgres"), DATABASE)
        migrations.migrate(self.owner(DATABASE), FOLDER)
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            names = sql.Identifier(PUBLICATION), sql.Identifier(TABLE)
            connection.execute(sql.SQL("CREATE PUBLICATION {} FOR TABLE {}").format(*names))
        admin = AdminClient(local_admin_login(self.instance))
        made = admin.create_topics([NewTopic(topic, PARTITIONS) for topic in self.topics.values()])
        for one in made.values():
            one.result()
        wait_for(self.led, 30, "leaders of the new topics")

    def led(self) -> bool:
        """Does the broker answer for every partition?"""
        client = Consumer({**local_admin_login(self.instance), "group.id": "peers-prepare"})
        try:
            for topic in self.topics.values():
                for number in range(PARTITIONS):
                    client.get_watermark_offsets(TopicPartition(topic, number), timeout=10)
        except KafkaException:
            return False
        finally:
            client.close()
        return True


@contextmanager
def ground(folder: Path, port_base: int, extra: Sequence[spec.Engine] = ()) -> Generator[Ground]:
    """A new one, with these engines beside; everything has ended afterwards."""
    instance = Instance(folder / "home", port_base)
    client.refuse_busy_ports(instance)
    instance.folder("tmp")
    engines, render = spec.load(instance, installed.install(lambda _: None))
    supervisor = Supervisor([*(one for one in engines if one.name in BASIC), *extra], render)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(supervisor.run(),), daemon=True)
    thread.start()
    try:
        wait_ready(supervisor, BASIC)
        found = Ground(instance, supervisor, {kind: f"peer-{kind}" for kind in TYPES})
        found.prepare()
        wait_ready(supervisor, [one.name for one in extra])
        yield found
    finally:
        loop.call_soon_threadsafe(supervisor.stopping.set)
        thread.join(120)


def wait_ready(supervisor: Supervisor, names: Sequence[str]) -> None:
    """Until these engines answer."""
    wait_for(lambda: all(supervisor.running[name].state == "ready" for name in names), 120, f"a start of {names}")


def worker(folder: Path, port_base: int, exactly_once: bool) -> spec.Engine:
    """Another Connect worker, configured as ours is, without what only ours needs."""
    instance = Instance(folder / "home", port_base)
    engines, render = spec.load(instance, installed.install(lambda _: None))
    ours = next(one for one in engines if one.name == "connect")
    text = render.jinja.get_template("connect.properties").render(render.values("connect"))
    text += f"exactly.once.source.support={'enabled' if exactly_once else 'disabled'}\n"
    file = instance.folder("etc") / "peer.properties"
    file.touch(mode=0o600)
    file.write_text(text)
    return replace(ours, command=[*ours.command[:-1], str(file)], after=["kafka"], files=["log4j2.properties"])
