"""A difference between what is declared and what is there, and what is expected of a table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PLAIN = re.compile("[a-z_][a-z0-9_]*")
Expected = Mapping[str, Any]
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `column` is empty for one of the whole table, `table` for one of the server. `stops`: data is at stake."""

    rule: str
    table: str
    column: str
    problem: str
    hint: str
    stops: bool = True

    def __str__(self) -> str:
        place = ".".join(filter(None, [self.table, self.column])) or "server"
        return f"{place}: {self.problem} - {self.hint} [{self.rule}]"


class Unfit(Exception):
    """The database cannot be captured as it is declared. Its text has a line for each reason."""

    def __init__(self, found: Sequence[Difference]) -> None:
        self.found = found
        super().__init__("the database is not as routes.yaml declares it:\n" + "\n".join(f"  {one}" for one in found))


def quoted(table: str) -> str:
    """`schema.table` as SQL takes it."""
    return ".".join(name if PLAIN.fullmatch(name) else f'"{name}"' for name in table.split("."))
