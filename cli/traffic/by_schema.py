"""Values that a JSON Schema (2020-12) permits: for events of a domain whose stories nobody has told us.

`examples`, `enum` and `const` are taken at their word, `format`, `pattern`, lengths and ranges are kept, `$ref` goes by `$id`.
What a schema asks beyond that (`not`, `if`, dependencies) is met by trying again.
"""

import math
import random
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import rstr

WORDS = ("amber", "birch", "coral", "delta", "ember", "fjord", "grove", "harbor", "iris", "juniper", "keel", "lumen")
OFTEN = 0.8  # how often a property that may be left out is there
SPAN = 1000  # of numbers without bounds
DEEP = 8  # levels after which only what must be there is made
Schema = Mapping[str, Any]


class Maker:
    """`known`: schemas by `$id`. Seeded."""

    def __init__(self, known: Mapping[str, Schema], chance: random.Random) -> None:
        self.known, self.random = known, chance
        self.patterns = rstr.Rstr(chance)
        self.kinds: dict[str, Callable[[Schema, int], Any]] = {
            "object": self.object,
            "array": self.array,
            "string": self.string,
            "integer": self.integer,
            "number": self.number,
            "boolean": lambda _, __: self.random.random() < 0.5,
            "null": lambda _, __: None,
        }

    def make(self, schema: Schema, depth: int = 0) -> Any:
        """A value. KeyError for a `$ref` that nobody knows."""
        whole = self.whole(schema)
        if "const" in whole:
            return whole["const"]
        for listed in ("examples", "enum"):
            if whole.get(listed):
                return self.random.choice(whole[listed])
        return self.kinds[self.kind(whole)](whole, depth)

    def whole(self, schema: Schema) -> dict[str, Any]:
        """With everything it refers to, and one of its alternatives."""
        found: dict[str, Any] = {}
        if "$ref" in schema:
            found = merged(found, self.whole(self.known[schema["$ref"]]))
        for part in schema.get("allOf", []):
            found = merged(found, self.whole(part))
        for several in ("anyOf", "oneOf"):
            if schema.get(several):
                found = merged(found, self.whole(self.random.choice(schema[several])))
        return merged(found, schema)

    def kind(self, schema: Schema) -> str:
        """Its type, or what its keywords speak of."""
        said = schema.get("type")
        if isinstance(said, list):
            return str(next((one for one in said if one != "null"), "null"))
        if said:
            return str(said)
        if "properties" in schema:
            return "object"
        if "items" in schema:
            return "array"
        return "number" if "minimum" in schema or "maximum" in schema else "string"

    def object(self, schema: Schema, depth: int) -> dict[str, Any]:
        """What must be there, and most of what may."""
        needed = set(schema.get("required", []))
        properties: Schema = schema.get("properties", {})
        chosen = [n for n in properties if n in needed or (depth < DEEP and self.random.random() < OFTEN)]
        return {name: self.make(properties[name], depth + 1) for name in chosen}

    def array(self, schema: Schema, depth: int) -> list[Any]:
        """A few."""
        least = int(schema.get("minItems", 0))
        most = min(int(schema.get("maxItems", least + 2)), least + 2)
        items: Schema = schema.get("items", {"type": "string"})
        count = least if depth >= DEEP else self.random.randint(least, max(least, most))
        return [self.make(items, depth + 1) for _ in range(count)]

    def string(self, schema: Schema, _: int) -> str:
        """By format, by pattern, or words of an allowed length."""
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]](self.random)
        if "pattern" in schema:
            return self.patterns.xeger(schema["pattern"])
        least, most = int(schema.get("minLength", 1)), int(schema.get("maxLength", 40))
        text = " ".join(self.random.choices(WORDS, k=2 + least // 4))
        return text[: max(least, min(most, 5 + self.random.randint(0, 20)))].ljust(least, "x")[:most]

    def bounds(self, schema: Schema) -> tuple[float, float]:
        """Inclusive. An exclusive bound is passed by a millionth."""
        least = schema.get("minimum", schema.get("exclusiveMinimum", -math.inf) + 1e-6)
        most = schema.get("maximum", schema.get("exclusiveMaximum", math.inf) - 1e-6)
        if math.isinf(least):
            least = 0 if math.isinf(most) or most > 0 else most - SPAN
        return least, least + SPAN if math.isinf(most) else most

    def integer(self, schema: Schema, _: int) -> int:
        """In its bounds, of its multiple."""
        least, most = self.bounds(schema)
        step = int(schema.get("multipleOf", 1))
        return self.random.randint(math.ceil(least / step), math.floor(most / step)) * step

    def number(self, schema: Schema, _: int) -> float:
        """In its bounds, of its multiple; two decimals where it says none."""
        least, most = self.bounds(schema)
        step = schema.get("multipleOf", 0.01 if most - least > 1 else 1e-6)
        per = round(1 / step) if step < 1 else None  # exact: a hundredth of 4250, not 4250 times a rounded hundredth
        number = self.random.randint(math.ceil(least / step), math.floor(most / step))
        return number / per if per else number * step


def moment(chance: random.Random) -> datetime:
    """Of the last month."""
    return datetime.now(UTC) - timedelta(seconds=chance.uniform(1, 30 * 86_400))


FORMATS: dict[str, Callable[[random.Random], str]] = {
    "date-time": lambda chance: moment(chance).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "date": lambda chance: moment(chance).strftime("%Y-%m-%d"),
    "time": lambda chance: moment(chance).strftime("%H:%M:%SZ"),
    "uuid": lambda chance: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    "email": lambda chance: f"{chance.choice(WORDS)}.{chance.choice(WORDS)}@example.com",
    "uri": lambda chance: f"https://{chance.choice(WORDS)}.example.com/{chance.choice(WORDS)}",
    "hostname": lambda chance: f"{chance.choice(WORDS)}.example.com",
    "ipv4": lambda chance: f"192.0.2.{chance.randint(1, 254)}",
}


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Both at once: objects are joined, lists of required names, too; else the other one counts."""
    found = dict(one)
    for name, value in other.items():
        before = found.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            found[name] = merged(before, value)
        elif name == "required" and before:
            found[name] = [*before, *value]
        else:
            found[name] = value
    return found
