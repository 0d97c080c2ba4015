"""`cdc consumer new`: a consumer that runs, written into a folder, and asked for in routes.yaml."""

import json
import re
from pathlib import Path
from typing import Any

from cli.console import say
from cli.planning import replaying, routes_file, routes_text
from local.environment import ROOT
from stacks.errors import CdcError
from stacks.routes.model import Route, Routes
from stacks.routes.records import records

FILE = ROOT / routes_file.NAME
TYPES = {
    "string": "str",
    "bytes": "bytes",
    "int": "int",
    "long": "int",
    "float": "float",
    "double": "float",
    "boolean": "bool",
}
WORK = '''"""What {name} does with a record. Called once per record, in order of its key; what it raises is tried again, then a dead letter."""

import logging
from dataclasses import dataclass
from typing import Any

log = logging.getLogger("work")
{classes}
RECORDS: dict[str, Any] = {{{mapping}}}


def work(record: Any, sink: Any) -> None:
    """`record`: topic, partition, offset, timestamp, key, value. `sink`: makes an effect happen once (None without a database)."""
    event = RECORDS[record.topic].of(record.value)
    log.info("%s at %s", event, record.place)
'''
CLASS = '''

@dataclass(frozen=True, slots=True)
class {name}:
    """A record of {topic}."""

{fields}

    @classmethod
    def of(cls, value: dict[str, Any]) -> "{name}":
        """From a decoded value; columns that this class does not know yet are left out."""
        return cls(**{{name: value.get(name) for name in cls.__dataclass_fields__}})

'''
TEST = '''"""{name} on the running local stack: an event of each route reaches the work. Run: ./cdc consumer test {name}"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[{depth}]

def test_an_event_of_each_route_reaches_the_work(tmp_path: Path) -> None:
    def cdc(*words: str) -> str:
        return subprocess.run([str(ROOT / "cdc"), *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    (tmp_path / "connection.json").write_text(cdc("env", "--json"))
    canaries = json.loads(cdc("canary", "once", "--json", *{routes}))["canaries"]
    wanted = {{one["id"] for one in canaries}}
    settings = Path(__file__).with_name("{name}.yaml")
    command = [sys.executable, "-m", "examples.consumer", str(settings), "--connection", str(tmp_path / "connection.json")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as program:
        assert program.stdout
        for line in program.stdout:
            wanted -= {{one for one in wanted if one in line}}
            if not wanted:
                program.terminate()
    assert not wanted
    assert program.returncode == 0
'''
CONTAINER = """# Build from the repository's root: docker build -f {folder}/Containerfile .
FROM python:3.13-slim
WORKDIR /app
COPY requirements/command.txt .
RUN pip install --no-cache-dir --require-hashes -r command.txt
COPY examples/consumer examples/consumer
COPY {folder} {folder}
USER 65534
# /run/secrets/connection.json: what `./cdc env --json -s STACK` prints, or the output `reader` of examples/consumer-stack.
ENTRYPOINT ["python", "-m", "examples.consumer", "{folder}/{name}.yaml", "--connection", "/run/secrets/connection.json"]
"""


def run(name: str, wanted: list[str], folder: Path | None) -> int:
    """Write the files and the entry. CdcError for what is taken, or not there."""
    routes = routes_file.here()
    chosen = [replaying.route_named(routes, route) for route in dict.fromkeys(wanted)]
    place = folder.resolve() if folder else place_of(name)
    check(name, routes, place)
    within = place.relative_to(ROOT)
    module = name.replace("-", "_")
    entry = {"name": name, "group": name, "routes": [route.name for route in chosen], "deadLetter": True}
    text = routes_text.added(FILE.read_text(), [("consumers", replaying.block(entry))])
    place.mkdir(parents=True, exist_ok=True)
    for file, content in files(name, module, within, routes, chosen).items():
        (place / file).write_text(content)
    FILE.write_text(text)
    say(f"{within} has the program, and routes.yaml the consumer {name}. Next:")
    say(
        "  ./cdc up                                apply it: its topic, keys and rights (elsewhere: ./cdc deploy STACK)"
    )
    say(f"  ./cdc consumers up {name:<20} run it here (Ctrl-C ends it)")
    say(f"  ./cdc consumer test {name:<19} its test, on the local stack")
    return 0


def place_of(name: str) -> Path:
    """Its folder, when nobody says another."""
    return ROOT / "consumers" / name.replace("-", "_")


def check(name: str, routes: Routes, place: Path) -> None:
    """Is there room for it?"""
    if not re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", name):
        raise CdcError(f"{name!r} is no name of a consumer", "lower case, words with hyphens, such as fleet-report")
    if any(consumer.name == name or consumer.group.startswith(name) for consumer in routes.consumers):
        raise CdcError(f"routes.yaml has a consumer {name}, or a group that begins so", "choose another name")
    if place.exists():
        raise CdcError(f"{place} is there already", "remove it, or choose another with --folder")
    if not place.is_relative_to(ROOT):
        raise CdcError(f"{place} is not in this repository", "copy it from there, with examples/consumer beside it")


def files(name: str, module: str, within: Path, routes: Routes, chosen: list[Route]) -> dict[str, str]:
    """Each file's text."""
    dotted = ".".join(within.parts)
    mapping = ", ".join(f'"{route.topic}": {title(route.name)}' for route in chosen)
    classes = "".join(typed(routes, route) for route in chosen)
    options = [word for route in chosen for word in ("--route", route.name)]
    test = TEST.format(name=name, depth=len(within.parts), routes=options)
    return {
        f"{name}.yaml": f"name: {name}\nwork: {dotted}.work:work\n",
        "__init__.py": "",
        "work.py": WORK.format(name=name, classes=classes, mapping=mapping),
        f"test_{module}.py": test,
        "Containerfile": CONTAINER.format(name=name, folder=within),
    }


def title(name: str) -> str:
    """`car-created` → `CarCreated`."""
    return "".join(word.capitalize() for word in name.split("-"))


def typed(routes: Routes, route: Route) -> str:
    """A class of a route's records, from their schema."""
    schema: dict[str, Any] = json.loads(records(routes.source(route.source), route)[1].text)
    own = [
        field for field in schema["fields"] if not field["name"].startswith("__")
    ]  # the connector's: record.value has them
    fields = "\n".join(f"    {field['name']}: {kind(field['type'])}" for field in own)
    return CLASS.format(name=title(route.name), topic=route.topic, fields=fields)


def kind(avro: Any) -> str:
    """A type of Avro in Python."""
    if isinstance(avro, list):
        parts: list[Any] = avro
        return " | ".join(kind(one) for one in [*(p for p in parts if p != "null"), *(p for p in parts if p == "null")])
    if isinstance(avro, dict):
        return f"list[{kind(avro['items'])}]" if avro["type"] == "array" else kind(avro["type"])
    return "None" if avro == "null" else TYPES[avro]
