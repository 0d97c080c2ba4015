"""Many INSERTs of one set, run with one sink.

Each INSERT owns a Kafka producer, and hundreds of them send tiny batches in hundreds of transactions. Topics whose
records have one and the same schema can share a table with a list of topics, whose column `topic` says where a row goes.
Only the execution differs: the statement stays what was declared. A text of another shape is run as it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from local.cloud.flink.names import identifier, literal

LEAST = 16  # INSERTs; below, each topic is a table of its own, as on Confluent
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
        return f"INSERT INTO {identifier(self.target)} ({self.columns}) {self.select()}"

    def select(self, extra: str = "") -> str:
        """The SELECT, with a further expression."""
        return f"SELECT {self.expressions}{extra} FROM {identifier(self.source)} WHERE {self.where}"  # noqa: S608


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
    """INSERTs whose topics can share a table: same source, same columns, same schemas (by topic: key and value)."""
    if len(inserts) < LEAST:
        return [[insert] for insert in inserts]
    found: dict[tuple[object, ...], list[Insert]] = {}
    for insert in inserts:
        found.setdefault((insert.source, insert.columns, schemas[insert.target]), []).append(insert)
    return list(found.values())


def name_of(topics: Sequence[str]) -> str:
    """The table of some topics: the topic itself when it is alone."""
    return topics[0] if len(topics) == 1 else f"{topics[0]}#and-{len(topics) - 1}-more"


def statement(groups_found: Sequence[Sequence[Insert]]) -> str:
    """The set with one INSERT per group."""
    lines = ["EXECUTE STATEMENT SET BEGIN"]
    for group in groups_found:
        if len(group) == 1:
            lines.append(f"{group[0].text()};")
            continue
        columns = f"{group[0].columns}, {identifier(COLUMN)}"
        selects = "\nUNION ALL\n".join(insert.select(f", {literal(insert.target)}") for insert in group)
        lines.append(f"INSERT INTO {identifier(name_of([insert.target for insert in group]))} ({columns})\n{selects};")
    return "\n".join([*lines, "END;"])
