"""Values that the database's log does not hold, and that are not delivered as if it did.

Under replica identity default a deletion holds the key alone (the connector fills in `""` and `0` where NULL is not allowed), and an
update leaves out large values that it did not touch (the connector writes a placeholder). Such values are NULL in routed records,
and the field `__unavailable` names them, so that NULL still means NULL. Debezium: "Toasted values", `unavailable.value.placeholder`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from stacks.routes import sql
from stacks.routes.avro import Selected, optional
from stacks.routes.column_types import LARGE
from stacks.routes.model import OP_CODES, Operation, Source

PLACEHOLDER = "__debezium_unavailable_value"
FIELD = "__unavailable"
DOC = "Fields whose values the database's log did not hold, with commas between them; they are null here."


def marked(source: Source, chosen: Sequence[Selected], operations: Iterable[Operation]) -> list[Selected]:
    """The columns, with the operations whose records may come without their values."""
    taken = {OP_CODES[operation] for operation in operations}
    return [replace(one, unavailable=codes(source, one) & taken, placeholder=written(source, one)) for one in chosen]


def written(source: Source, choice: Selected) -> str:
    """The placeholder as a SQL literal of the column's type."""
    column = source.column(choice.origin)
    match column.type if column else "string":
        case "bytes":
            return f"X'{PLACEHOLDER.encode().hex().upper()}'"
        case "string[]":
            return f"ARRAY[{sql.literal(PLACEHOLDER)}]"
        case _:
            return sql.literal(PLACEHOLDER)


def codes(source: Source, choice: Selected) -> frozenset[str]:
    """Codes of the operations that may come without a column's value."""
    column = source.column(choice.origin)
    if source.replica_identity == "full" or column is None or column.key or choice.mask == "null":
        return frozenset()
    return frozenset("ud" if column.type in LARGE else "d")


def fields(chosen: Sequence[Selected]) -> list[dict[str, Any]]:
    """The field that names what is not there, where something may not be."""
    return [{**optional(FIELD, "string"), "doc": DOC}] if any(one.unavailable for one in chosen) else []


def known(choice: Selected) -> str:
    """The column's value, NULL where the log did not hold it."""
    name = sql.identifier(choice.origin)
    return f"CASE WHEN {missing(choice)} THEN NULL ELSE {name} END" if choice.unavailable else name


def missing(choice: Selected) -> str:
    """Is it not there? A SQL condition that is never unknown."""
    name = sql.identifier(choice.origin)
    tests = {
        "d": "`__op` = 'd'",
        "u": f"({name} = {choice.placeholder}) IS TRUE",
    }
    return " OR ".join(tests[code] for code in sorted(choice.unavailable))


def names(chosen: Sequence[Selected]) -> list[str]:
    """The expression of the field, where there is one."""
    listed = [f"CASE WHEN {missing(one)} THEN {sql.literal(one.name)} END" for one in chosen if one.unavailable]
    return [f"NULLIF(CONCAT_WS(',', {', '.join(listed)}), '')"] if listed else []
