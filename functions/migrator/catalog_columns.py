"""Declared columns against the table's: names, types, order, nullability, and whether they are in the log at all."""

from collections.abc import Iterator, Mapping
from typing import Any

from migrator.difference import Difference, Expected, Rows

PUBLISHES_GENERATED = 180_000
# Declared type → types of PostgreSQL that the connector writes in its form.
SCALARS: Mapping[str, tuple[str, ...]] = {
    "string": ("text", "varchar", "bpchar", "citext", "char", "inet", "cidr", "macaddr", "macaddr8"),
    "uuid": ("uuid",),
    "boolean": ("bool",),
    "smallint": ("int2",),
    "int": ("int4",),
    "long": ("int8",),
    "float": ("float4",),
    "double": ("float8",),
    "decimal": ("numeric",),
    "timestamp": ("timestamptz",),
}
TYPES: Mapping[str, tuple[str, ...]] = {
    **SCALARS,
    **{f"{kind}[]": tuple(f"{name}[]" for name in names) for kind, names in SCALARS.items()},
    "enum": ("enum",),
    "local_timestamp": ("timestamp",),
    "date": ("date",),
    "time": ("time",),
    "interval": ("interval",),
    "json": ("jsonb", "json"),
    "bytes": ("bytea",),
}


def check(source: Expected, columns: Rows) -> Iterator[Difference]:
    """Each declared column, and their order."""
    real = {c["name"]: c for c in columns}
    for column in source["columns"]:
        if column["name"] not in real:
            hint = f"the table has {', '.join(real)}"
            yield Difference("no-column", source["table"], column["name"], "does not exist", hint)
        else:
            yield from one_column(source["table"], column, real[column["name"]])
    names = [c["name"] for c in source["columns"] if c["name"] in real]
    if names != (right := [name for name in real if name in names]):
        hint = f"the table's order is {', '.join(right)}"
        yield Difference("column-order", source["table"], "", "columns are declared in another order", hint)


def one_column(name: str, declared: Mapping[str, Any], real: Mapping[str, Any]) -> Iterator[Difference]:
    """Type, nullability, and whether it is in the log at all."""

    def one(rule: str, problem: str, hint: str) -> Difference:
        return Difference(rule, name, declared["name"], problem, hint)

    if real["type"] not in TYPES[declared["type"]]:
        fits = [kind for kind, types in TYPES.items() if real["type"] in types]
        hint = f"declare it {fits[0]}" if fits else "leave it out: this type cannot be declared"
        yield one("type-differs", f"is {real['type']}, routes.yaml says {declared['type']}", hint)
    elif (declared["precision"] <= 3) != (real["precision"] <= 3):
        problem = f"keeps {real['precision']} digits of a second, routes.yaml says {declared['precision']}"
        yield one("precision-differs", problem, f"precision: {real['precision']}")
    elif list(declared["values"]) != real["values"]:
        problem = f"has the values {', '.join(real['values'])}, routes.yaml says {', '.join(declared['values'])}"
        yield one("values-differ", problem, "declare them in the type's order")
    if declared["nullable"] == real["required"]:
        is_, says = ("NOT NULL", "nullable: true") if real["required"] else ("nullable", "nullable: false")
        yield one(
            "nullability-differs",
            f"is {is_}, routes.yaml says {says}",
            f"nullable: {str(not real['required']).lower()}",
        )
    if real["generated"] == "s" and real["version"] < PUBLISHES_GENERATED:
        yield one(
            "generated-column", "is generated, which this server does not publish", "leave it out, or use PostgreSQL 18"
        )
    if real["generated"] == "v":
        yield one(
            "virtual-column", "is a virtual generated column, which is in no log", "leave it out, or make it STORED"
        )
