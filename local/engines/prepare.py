"""What must be done before an engine's process starts, each time, quickly: idempotent."""

import base64
import os
import shutil
import subprocess
import tempfile
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

from local.engines.spec import JAVA, Engine, Renderer
from local.errors import LocalError
from local.toolchain import java_classes

CONVERTER = "io.apicurio.registry.utils.converter.AvroConverter"


def run(command: list[str], what: str, user: int | None = None) -> None:
    """Run one command to its end; its last words become the error message."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, user=user, group=user, cwd="/")
    if done.returncode:
        words = (done.stdout + done.stderr).strip()[-600:]
        raise LocalError(f"{what} failed (exit {done.returncode}): {words}")


def postgres(engine: Engine, render: Renderer) -> None:
    """Make the database cluster, owned by the user that will run it; remove the lock of a killed server."""
    if engine.user is not None:
        for folder in (engine.etc, engine.data):
            folder.mkdir(parents=True, exist_ok=True)
            for path in (folder, *folder.iterdir()) if folder == engine.etc else (folder,):
                os.chown(path, engine.user, engine.user)
        engine.data.chmod(0o700)
    if (engine.data / "PG_VERSION").exists():
        return
    with tempfile.NamedTemporaryFile("w", prefix="cdc-pw-", dir="/tmp") as password:
        password.write(render.instance.secrets["postgres"])
        password.flush()
        if engine.user is not None:
            os.chown(password.name, engine.user, engine.user)
        initdb = str(render.tools.postgres.bin / "initdb")
        options = [
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
        run([initdb, "-D", str(engine.data), f"--pwfile={password.name}", *options], "initdb", engine.user)


def pgbouncer(engine: Engine, render: Renderer) -> None:
    """Its files belong to the user that it runs as."""
    if engine.user is not None:
        for path in (engine.etc, *engine.etc.iterdir()):
            os.chown(path, engine.user, engine.user)


def kafka(engine: Engine, render: Renderer) -> None:
    """Format the log folder once."""
    if (engine.data / "meta.properties").exists():
        return
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    classpath = render.tools.classpath("kafka")
    config = str(engine.etc / "server.properties")
    # Flink's sink commits a recovered transaction with the epoch it was opened with, and once more after a restart. Under
    # transaction version 2 (KIP-890) the broker has moved the epoch on by then and fences it: the transaction would stay
    # open for its whole timeout, and readers would wait for it.
    tool = ["kafka.tools.StorageTool", "format", "--ignore-formatted", "--feature", "transaction.version=1"]
    tool += ["-t", cluster, "-c", config]
    run(
        [JAVA, "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", classpath, *tool],
        "formatting Kafka's log folder",
    )


def connect(engine: Engine, render: Renderer) -> None:
    """Lay out the plug-in path: Debezium, the Avro converter and our transform, one folder each."""
    plugins = engine.data / "plugins"
    shutil.rmtree(plugins, ignore_errors=True)
    (plugins / "converter").mkdir(parents=True)
    debezium = next(Path(render.tools.archive("debezium")).iterdir())
    (plugins / "debezium").symlink_to(debezium)
    (plugins / "transforms").symlink_to(render.tools.classes["connect"])
    for jar in [*render.tools.jar_files("converter"), render.tools.classes["converter"] / java_classes.JAR]:
        (plugins / "converter" / jar.name).symlink_to(jar)
    with zipfile.ZipFile(plugins / "converter" / "services.jar", "w") as manifest:  # its own jars name none
        manifest.writestr("META-INF/services/org.apache.kafka.connect.storage.Converter", CONVERTER)


STEPS: dict[str, Callable[[Engine, Renderer], None]] = {
    "postgres": postgres,
    "pgbouncer": pgbouncer,
    "kafka": kafka,
    "connect": connect,
}
