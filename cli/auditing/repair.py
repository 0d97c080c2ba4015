"""Rows that are missing on a topic, sent again: the connector reads them when a signal asks (an incremental snapshot).

Signals: Debezium, "Sending signals to a Debezium connector"; the managed connector has the same. A signal names rows by a filter. Long
lists of keys would be in every stored position while they are worked on, so a range that misses nearly all of its rows is asked for as
such: without the few that are there, and without what was written after it was looked at.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from cli.auditing import keys
from cli.auditing.audit import Audit, Progress
from cli.auditing.keys import Key
from cli.auditing.table import Page, Table
from cli.client import wait
from stacks.errors import CdcError

LISTED = 1000  # keys in one signal
ENOUGH = 0.95  # of a signal's rows: then the next one may go out
SETTLED, PATIENCE = 5, 600  # seconds without a further row, once the connector has the signal; until it has
ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Request:
    """A filter on the table, and the keys that it is for."""

    filter: sql.Composable
    keys: Sequence[Key]


def repair(audit: Audit, signal_table: str, progress: Progress) -> int:
    """Send what is missing, until nothing is. Returns how many rows; `audit.missing` is what could not be sent.

    A row that changes while it is read is left out by the connector, since its change is told; the next round asks for it again where
    it still counts as missing.
    """
    wanted = {key for page in audit.missing for key in page.keys}
    for _ in range(ROUNDS):
        if not audit.missing:
            break
        for request in requests(audit.table, audit.missing):
            send(audit.table, signal_table, request)
            arrive(audit, request.keys, ENOUGH, lambda: progress(told(audit, wanted)))
        arrive(audit, list(wanted), 1, lambda: progress(told(audit, wanted)))
        audit.missing = audit.without(audit.missing)
        if audit.missing:
            audit.look_again(progress)
    forget(audit.table.connection, signal_table)
    return len(audit.here(wanted))


def requests(table: Table, missing: Sequence[Page]) -> Iterator[Request]:
    """Ranges where nearly everything is missing, lists of keys elsewhere."""
    wanted = keys.columns(table.source)
    for page in missing:
        if len(page.keys) > LISTED and (found := whole(table, page)):
            yield found
        else:
            for some in keys.parts(page.keys, LISTED):
                yield Request(keys.listed(wanted, some), some)


def whole(table: Table, page: Page) -> Request | None:
    """The range as one request, where few of its rows are not missing."""
    named = keys.names(wanted := keys.columns(table.source))
    between = sql.SQL("({}) >= ({}) AND ({}) <= ({})").format(
        named, keys.literals(page.keys[0]), named, keys.literals(page.keys[-1])
    )
    older = sql.SQL("age(xmin) > age({}::text::xid)").format(sql.Literal(str(page.horizon % 2**32)))
    query = sql.SQL("SELECT {} FROM {} WHERE {} AND {}").format(named, table.name, between, older)
    missing = set(page.keys)
    there = [key for row in table.connection.execute(query) if (key := in_order(wanted, row)) not in missing]
    if len(there) > LISTED:
        return None
    parts = [between, older, *([sql.SQL("NOT ({})").format(keys.listed(wanted, there))] if there else [])]
    return Request(sql.SQL(" AND ").join(parts), page.keys)


def in_order(wanted: Sequence[keys.Column], row: Sequence[object]) -> Key:
    """A key from its values."""
    return keys.of(wanted, dict(zip([column.name for column in wanted], row, strict=True)))


def send(table: Table, signal_table: str, request: Request) -> None:
    """Ask the connector for these rows."""
    name = table.source.table  # without quotes, whatever the name: the connector compares it with its own
    condition = {"data-collection": name, "filter": request.filter.as_string(table.connection)}
    asked = {
        "data-collections": [name.replace(".", "\\.")],
        "type": "incremental",
        "additional-conditions": [condition],
    }
    signal(table.connection, signal_table, "execute-snapshot", asked)


def signal(connection: psycopg.Connection, table: str, kind: str, asked: object) -> None:
    """A row in the signal table. CdcError when there is none."""
    name = sql.Identifier(*table.split("."))
    row = (str(uuid.uuid4()), kind, json.dumps(asked))
    try:
        connection.execute(sql.SQL("INSERT INTO {} (id, type, data) VALUES (%s, %s, %s)").format(name), row)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege) as error:
        raise CdcError(
            f"the signal table {table} cannot be written: {str(error).strip()}",
            "schemas/postgres/006_signals.sql makes it; write as a role that may (the connector's)",
        ) from error


def forget(connection: psycopg.Connection, table: str) -> None:
    """Signals and windows are read from the log: as rows they are of no use afterwards."""
    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table.split("."))))


def told(audit: Audit, wanted: set[Key]) -> str:
    """How far it is."""
    return f"{len(audit.here(wanted)):,} of {len(wanted):,} rows sent"


def arrive(audit: Audit, asked: Sequence[Key], share: float, progress: Callable[[], None]) -> None:
    """Wait until that share of the rows is on the topic, or the connector has the signal and nothing comes any more."""
    position, last = audit.table.position(), [time.monotonic(), -1]

    def done() -> bool:
        audit.topic.read_on()
        progress()
        here, now = len(audit.here(asked)), time.monotonic()
        if here != last[1]:
            last[:] = [now, here]
        if here >= share * len(asked):
            return True
        if now - last[0] > PATIENCE:
            raise CdcError("the connector does not answer a signal", "./cdc status; is its signal table published?")
        return now - last[0] > SETTLED and audit.table.passed(audit.slot, position)

    wait.wait_for(done, 24 * 3600, "the rows' arrival")
