"""`cdc consumer new`: a consumer that runs, written into a folder, and asked for in routes.yaml."""

import json
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cli.commands.consumers import languages
from cli.commands.consumers.languages import Language
from cli.console import say
from cli.planning import replaying, routes_file, routes_text
from local.environment import ROOT
from stacks.errors import CdcError
from stacks.routes.model import Route, Routes
from stacks.routes.records import records

FILE = ROOT / routes_file.NAME
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - programs, of names that were checked
)


def run(name: str, wanted: list[str], folder: Path | None, language: str = "python") -> int:
    """Write the files and the entry. CdcError for what is taken, or not there."""
    chosen_language = languages.named(language)
    routes = routes_file.here()
    chosen = [replaying.route_named(routes, route) for route in dict.fromkeys(wanted)]
    place = folder.resolve() if folder else place_of(name)
    check(name, routes, place)
    entry = {"name": name, "group": name, "routes": [route.name for route in chosen], "deadLetter": True}
    text = routes_text.added(FILE.read_text(), [("consumers", replaying.block(entry))])
    values = {"language": language, **described(name, place.relative_to(ROOT), chosen_language)}
    values["records"] = [typed(routes, route, chosen_language) for route in chosen]
    values["options"] = [word for route in chosen for word in ("--route", route.name)]
    for file, content in files(chosen_language, values).items():
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        (place / file).write_text(content)
    FILE.write_text(text)
    say(f"{place.relative_to(ROOT)} has the program, and routes.yaml the consumer {name}. Next:")
    say("  ./cdc up" + " " * 32 + "apply it: its topic, keys and rights (elsewhere: ./cdc deploy STACK)")
    if language == "python":
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


def described(name: str, within: Path, language: Language) -> dict[str, Any]:
    """What templates say of the consumer."""
    return {
        "name": name,
        "module": name.replace("-", "_"),
        "folder": within.as_posix(),
        "dotted": ".".join(within.parts),
        "depth": len(within.parts),
        "command": language.command.format(name=name),
        "cwd": language.cwd,
    }


def files(language: Language, values: dict[str, Any]) -> dict[str, str]:
    """Each file's text."""
    return {
        file.replace("NAME", values["name"]).replace("MODULE", values["module"]): TEMPLATES.get_template(f"{template}.jinja").render(values)
        for file, template in language.files.items()
    }  # fmt: skip


def title(name: str) -> str:
    """`car-created` → `CarCreated`."""
    return "".join(word.capitalize() for word in name.split("-"))


def typed(routes: Routes, route: Route, language: Language) -> dict[str, Any]:
    """A route's records, from their schema; the connector's own fields are left out."""
    schema: dict[str, Any] = json.loads(records(routes.source(route.source), route)[1].text)
    own = [field for field in schema["fields"] if not field["name"].startswith("__")]
    fields = [{"name": field["name"], "type": language.kind(field["type"])} for field in own]
    return {"title": title(route.name), "topic": route.topic, "fields": fields}
