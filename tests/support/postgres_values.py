"""A table with columns of every type, and rows of odd values as PostgreSQL takes them."""

import json
import random
from typing import Any

from tests.support.cases import BOMBS, CLOCKS, COLUMNS, DATES, FLOATS, INTEGERS, LOCALS, TEXTS, TIMES, UUIDS, Cases

NUMBERS = ["NaN", "Infinity", "-Infinity", *map(repr, FLOATS)]
SINGLE = [text for text in NUMBERS if text not in ("1e+22", "-1e+22")]
DECIMALS = [
    *NUMBERS, "10.00", "0.10", "9007199254740992", "9007199254740993", "9007199254740992.5", "0.1000000000000000055",
    "99999999999999999999.99", "1e-30", "123456789012345678901234567890123456789012345.678",
]  # fmt: skip
TIMESTAMPS = [
    *TIMES[:3],
    TIMES[4],
    "2026-06-15T14:30:00+02:00",
    "infinity",
    "0044-03-15T00:00:00Z",
    "20000-01-01T00:00:00Z",
]
# Column → type in the table, type as declared with what belongs to it, and values.
TYPES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "f": ("text", {"type": "string"}, TEXTS),
    "with_default": ("varchar(9) DEFAULT 'a'", {"type": "string"}, ["a", "b", ""]),
    "padded": ("char(3)", {"type": "string"}, ["a", "ab", "abc"]),
    "ip": ("inet DEFAULT '10.0.0.1'", {"type": "string"}, ["10.0.0.1", "::1", "10.0.0.0/8"]),
    "u": ("uuid DEFAULT gen_random_uuid()", {"type": "uuid"}, [*UUIDS, UUIDS[1].upper()]),
    "e": ("mood", {"type": "enum", "values": ["sad", "ok", "Very Happy"]}, ["sad", "ok", "Very Happy"]),
    "b": ("boolean DEFAULT true", {"type": "boolean"}, ["true", "false"]),
    "s": ("smallint", {"type": "smallint"}, ["-32768", "0", "5", "32767"]),
    "i": ("integer DEFAULT 5", {"type": "int"}, ["-2147483648", "0", "5", "2147483647"]),
    "n": ("bigint", {"type": "long"}, [str(number) for number in INTEGERS]),
    "r": ("real", {"type": "float"}, SINGLE),
    "d": ("double precision DEFAULT 1.5", {"type": "double"}, NUMBERS),
    "m": ("numeric DEFAULT 1.5", {"type": "decimal"}, DECIMALS),
    "p": ("price", {"type": "decimal"}, ["10.00", "0.10", "9.99"]),
    "t": ("timestamptz DEFAULT now()", {"type": "timestamp"}, TIMESTAMPS),
    "l": ("timestamp", {"type": "local_timestamp"}, [*LOCALS, "2026-01-31T10:00:00.123456", "infinity", "-infinity"]),
    "l3": ("timestamp(3)", {"type": "local_timestamp", "precision": 3}, LOCALS),
    "y": ("date DEFAULT '2026-01-31'", {"type": "date"}, [*DATES, "infinity", "-infinity", "4713-01-01 BC", "10000-01-01"]),
    "c": ("time", {"type": "time"}, [*CLOCKS, "00:00:00.000001", "24:00:00"]),
    "c0": ("time(0)", {"type": "time", "precision": 0}, [text for text in CLOCKS if "." not in text]),
    "v": ("interval", {"type": "interval"}, ["-1 day", "0", "1 year 2 mons 04:05:06.789"]),
    "x": ("bytea", {"type": "bytes"}, [r"\x", r"\x00ff"]),
    "a": ("text[] DEFAULT '{}'", {"type": "string[]"}, ["{}", "{NULL}", "{a,b}", '{"a b",NULL,abc}', '{""}']),
    "k": ("bigint[]", {"type": "long[]"}, ["{}", "{1,NULL}", "{9007199254740993}"]),
    "us": ("uuid[]", {"type": "uuid[]"}, [f"{{{UUIDS[1]}}}"]),
    "js": ("json", {"type": "json", "paths": {"$.a": "string", "$.n": "number"}}, ['{"a": "x", "a": "abc"}', '{"a":1.50}', *BOMBS]),
}  # fmt: skip
DROP = "DROP TABLE IF EXISTS every; DROP TYPE IF EXISTS mood; DROP DOMAIN IF EXISTS price"
DDL = f"""
{DROP};
CREATE TYPE mood AS ENUM ('sad', 'ok', 'Very Happy');
CREATE DOMAIN price AS numeric(10, 2) CHECK (VALUE > 0);
CREATE TABLE every (id bigint PRIMARY KEY, {", ".join(f"{name} {kind}" for name, (kind, _, _) in TYPES.items())}, j jsonb DEFAULT '{{}}');
ALTER TABLE every REPLICA IDENTITY FULL;
GRANT SELECT ON every TO cdc;
"""


def columns() -> list[dict[str, Any]]:
    """As routes.yaml declares them."""
    document = next(column for column in COLUMNS if column.name == "j")
    listed = [{"name": name, "nullable": True, **declared} for name, (_, declared, _) in TYPES.items()]
    return [*listed, {"name": "j", "type": "json", "nullable": True, "paths": dict(document.paths)}]


def row(dice: random.Random) -> dict[str, str | None]:
    """A row's values as text; about one in six is NULL."""
    found = {name: None if dice.random() < 0.16 else dice.choice(values) for name, (_, _, values) in TYPES.items()}
    return {**found, "j": None if dice.random() < 0.16 else stored(Cases(dice.getrandbits(32)).document())}


def stored(text: str) -> str:
    """A document that jsonb takes; the odd one of Cases is none."""
    try:
        json.loads(text)
    except ValueError:
        return '"no JSON"'
    # Numbers that jsonb refuses (a json column takes them); and a JSON null, which `row_to_json` shows like NULL.
    return "{}" if text in BOMBS or text == "null" else text
