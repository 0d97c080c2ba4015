"""Many INSERTs of one set, run with one sink.

Each INSERT owns a Kafka producer: it sends small batches in a transaction of its own, and a checkpoint waits for one after the
other. Topics whose records have one and the same schema can share a table with a list of topics, whose column `topic` says
where a row goes.
The rows of such a group are written by one SELECT, which UNNESTs the topics whose conditions are TRUE: everything from
the source to the sink is then one task. (A UNION ALL of the SELECTs needs network buffers for each of them.)
Only the execution differs: the statement stays what was declared. A text of another shape is run as it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from local.confluent.flink.names import identifier, literal

COLUMN = "__cdc_target"
STRING = re.compile(r"'(?:[^']|'')*'")
INSERT = re.compile(
    r"INSERT\s+INTO\s+`([^`]+)`\s*\(([^()]*)\)\s*SELECT\s+(.*?)\s+FROM\s+`([^`]+)`\s+WHERE\s+(.*)", re.DOTALL
)
SET = re.compile(r"\s*EXECUTE\s+STATEMENT\s+SET\s+BEGIN\s+(.*?)\s*END\s*;?\s*", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Insert:
    """One INSERT … SELECT … WHERE of a set."""

    target: str
    columns: str
    expressions: str
    source: str
    where: str

    def text(self) -> str:
        """As it was."""
        select = f"SELECT {self.expressions} FROM {identifier(self.source)} WHERE {self.where}"  # noqa: S608
        return f"INSERT INTO {identifier(self.target)} ({self.columns}) {select}"


def parse(text: str) -> list[Insert]:
    """The INSERTs of a set; empty when one of them has another shape."""
    strings: list[str] = []

    def hide(found: re.Match[str]) -> str:
        strings.append(found.group())
        return f"\0{len(strings) - 1}\0"

    def show(part: str) -> str:
        return re.sub(r"\0(\d+)\0", lambda found: strings[int(found[1])], part)

    body = SET.fullmatch(STRING.sub(hide, text))
    parts = [part.strip() for part in body[1].split(";")] if body else []
    found = [INSERT.fullmatch(part) for part in parts if part]
    if not found or not all(found):
        return []
    return [Insert(*(show(group) for group in match.groups())) for match in found if match]


def groups(inserts: Sequence[Insert], schemas: dict[str, tuple[str, str]]) -> list[list[Insert]]:
    """INSERTs that can share a SELECT and a table: same source and columns, same schemas (by topic: key and value)."""
    found: dict[tuple[object, ...], list[Insert]] = {}
    for insert in inserts:
        same = (insert.source, insert.columns, insert.expressions, schemas[insert.target])
        found.setdefault(same, []).append(insert)
    return list(found.values())


def name_of(topics: Sequence[str]) -> str:
    """The table of some topics: the topic itself when it is alone."""
    return topics[0] if len(topics) == 1 else f"{topics[0]}#and-{len(topics) - 1}-more"


def fan_out(group: Sequence[Insert]) -> str:
    """One INSERT for a group: a row per topic whose condition is TRUE, in the order of the topics."""
    first, targets = group[0], identifier(f"{COLUMN}s")
    cases = ",\n".join(f"CASE WHEN {insert.where} THEN {literal(insert.target)} END" for insert in group)
    table = identifier(name_of([insert.target for insert in group]))
    return (
        f"INSERT INTO {table} ({first.columns}, {identifier(COLUMN)})\n"  # noqa: S608
        f"SELECT {first.expressions}, {identifier(COLUMN)}\n"
        f"FROM (SELECT *, ARRAY[{cases}] AS {targets} FROM {identifier(first.source)})\n"
        f"CROSS JOIN UNNEST({targets}) AS `fan` ({identifier(COLUMN)}) WHERE {identifier(COLUMN)} IS NOT NULL"
    )


def statement(groups_found: Sequence[Sequence[Insert]]) -> str:
    """The set with one INSERT per group."""
    inserts = [group[0].text() if len(group) == 1 else fan_out(group) for group in groups_found]
    return "\n".join(["EXECUTE STATEMENT SET BEGIN", *(f"{insert};" for insert in inserts), "END;"])
