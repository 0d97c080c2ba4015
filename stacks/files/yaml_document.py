"""YAML files with positions: what a file says, and on which line it says it."""

import math
import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from stacks.errors import CdcError, Finding, InvalidFiles, Place
from stacks.files import yaml_limits


class Loader(yaml.CSafeLoader):
    """YAML 1.2's core schema: `on`, `no` and `22:22` are words, `010` is ten; dates are text. Infinity and NaN are refused."""


TAG = "tag:yaml.org,2002:"
OWN = (f"{TAG}bool", f"{TAG}timestamp", f"{TAG}int", f"{TAG}float", f"{TAG}value")
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in OWN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
SIGNED = list("-+.0123456789")
Loader.add_implicit_resolver(f"{TAG}bool", re.compile(r"^(?:true|false)$"), list("tf"))
Loader.add_implicit_resolver(f"{TAG}int", re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"), SIGNED)
NUMBER = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
NO_NUMBER = r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
Loader.add_implicit_resolver(f"{TAG}float", re.compile(f"^(?:{NUMBER}|{NO_NUMBER})$"), SIGNED)


def whole(loader: Loader, node: yaml.ScalarNode) -> int:
    """Decimal, whatever it begins with; octal and hexadecimal after 0o and 0x."""
    text = node.value
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    if len(text) > DIGITS:
        raise yaml.constructor.ConstructorError(None, None, f"a number of more than {DIGITS} digits", node.start_mark)
    return int(text, base)


def real(loader: Loader, node: yaml.ScalarNode) -> float:
    """A finite number, of no more digits than a DOUBLE keeps: more would be another number without a word."""
    value = math.nan if "n" in node.value.lower() else float(node.value)
    if not math.isfinite(value):
        raise yaml.constructor.ConstructorError(None, None, "not a finite number", node.start_mark)
    if Decimal(node.value) != Decimal(repr(value)):
        problem = f"a number of more digits than are kept ({value!r}): write it in quotes"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
    return value


DIGITS = 1000
Loader.add_constructor(f"{TAG}int", whole)
Loader.add_constructor(f"{TAG}float", real)


@dataclass
class Document:
    """A parsed file: its data, and the position of each value by its path."""

    file: str
    data: Any
    positions: dict[Place, tuple[int, int]] = field(default_factory=dict[Place, tuple[int, int]])

    def locate(self, finding: Finding) -> Finding:
        """The finding with its `where`."""
        return replace(finding, where=self.where(finding.place))

    def where(self, place: Place) -> str:
        """`file:line:column` of a value; of its nearest parent when the value itself is missing."""
        while place and place not in self.positions:
            place = place[:-1]
        line, column = self.positions.get(place, (1, 1))
        return f"{self.file}:{line}:{column}"


def read(path: Path) -> Document:
    """Parse a YAML file. Raises CdcError when it is missing, InvalidFiles when it is not YAML or passes a limit."""
    raw = b""
    try:
        with path.open("rb") as file:
            raw = file.read(yaml_limits.SIZE + 1)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise CdcError(f"{path.name}: cannot be read: {error.strerror}", f"it belongs to {path.parent}") from error
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "write it in UTF-8"
        raise refused(f"{path.name}:{line}:1", "not valid YAML: these bytes are not UTF-8", hint) from error
    return parse(text, path.name)


def refused(where: str, problem: str, hint: str) -> InvalidFiles:
    """A file of which nothing can be used."""
    return InvalidFiles([Finding("not-yaml", (), problem, hint=hint, where=where)])


def parse(text: str, name: str) -> Document:
    """Parse YAML text that came from the file `name`. Raises InvalidFiles."""
    if len(text) > yaml_limits.SIZE:
        raise refused(f"{name}:1:1", f"larger than {yaml_limits.SIZE} characters", "is it the right file?")
    try:
        if passed := yaml_limits.problem(text):
            problem, mark = passed
            raise refused(f"{name}:{mark.line + 1}:{mark.column + 1}", problem, "write it plainly")
        node, data = composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else f"{name}:1:1"
        raise refused(where, f"not valid YAML: {error.problem}", "check the indentation and the quotes") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise refused(f"{name}:1:1", f"not valid YAML: {reason}", "is it a text file?") from error
    document = Document(name, data)
    doubles: list[Finding] = []
    if node:
        walk(node, (), document, doubles)
    if doubles:
        raise InvalidFiles(doubles)
    return document


def composed(text: str) -> tuple[yaml.Node | None, Any]:
    """The tree with its marks, and its data."""
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        return node, loader.construct_document(node) if node else None
    finally:
        loader.dispose()


def walk(node: yaml.Node, place: Place, document: Document, doubles: list[Finding]) -> None:
    """Note where every value stands, and which keys stand twice."""
    document.positions[place] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            mark = key.start_mark
            if inner in document.positions:
                where = f"{document.file}:{mark.line + 1}:{mark.column + 1}"
                problem = "this key is written twice"
                doubles.append(Finding("duplicate-key", inner, problem, hint="keep one of them", where=where))
            walk(value, inner, document, doubles)
            document.positions[inner] = (mark.line + 1, mark.column + 1)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            walk(value, (*place, number), document, doubles)


HINTS = {
    "extra_forbidden": "remove it, or check its spelling",
    "missing": "add it",
    "literal_error": "choose one of those",
    "union_tag_invalid": "choose one of those",
}


def findings_of(error: ValidationError, document: Document, prefix: Place = ()) -> list[Finding]:
    """A model's complaints as findings with positions."""
    found: list[Finding] = []
    for item in error.errors(include_url=False):
        place = (*prefix, *real_place(item["loc"], document, prefix))
        kind = item["type"]
        problem = "unknown key" if kind == "extra_forbidden" else item["msg"].removeprefix("Value error, ")
        got = (
            None
            if kind in ("missing", "extra_forbidden") or isinstance(item["input"], dict | BaseModel)
            else item["input"]
        )
        found.append(document.locate(Finding(rule_of(kind), place, problem, got, HINTS.get(kind, ""))))
    return found


# Rules of the models, by the beginning of pydantic's own names.
MODEL_RULES = {
    "extra_forbidden": "unknown-key",
    "missing": "missing-key",
    "literal_error": "not-allowed",
    "union_tag": "not-allowed",
    "string_pattern": "name-form",
    "string_too": "length",
    "too_": "length",
    "greater": "range",
    "less": "range",
    "value_error": "inconsistent",
}


def rule_of(kind: str) -> str:
    """The rule's id of one of the model's complaints."""
    return next((rule for begin, rule in MODEL_RULES.items() if kind.startswith(begin)), "wrong-type")


def real_place(location: tuple[str | int, ...], document: Document, prefix: Place) -> Place:
    """The location without the tags that union members add to it."""
    place: Place = ()
    for number, part in enumerate(location):
        last = number == len(location) - 1
        following = None if last else location[number + 1]
        outer, inner = (*prefix, *place, following), (*prefix, *place, part, following)
        if not last and outer in document.positions and inner not in document.positions:
            continue  # a tag that is also a key's name
        if (*prefix, *place, part) in document.positions or last:
            place = (*place, part)
    return place
