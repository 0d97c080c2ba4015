"""`cdc audit`: every key of a source's table against the keys of its raw topic, and what is missing sent again."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.auditing import repair, session, topic
from cli.auditing.audit import Audit
from cli.auditing.keys import Key
from cli.auditing.session import Session
from cli.auditing.table import Since
from cli.client import kafka
from cli.client.stack import load
from cli.console import data, out, say, step, table
from stacks.errors import CdcError

SHOWN, LISTED = 20, 10_000  # keys for people, for programs
BEFORE = timedelta(minutes=10)  # a row's own time and its record's differ


@dataclass(frozen=True, slots=True)
class Question:
    """Which source, since when (`time` with the column that holds a row's), and whether what is missing is sent."""

    source: str
    since: str | None = None
    column: str | None = None
    repair: bool = False


def run(stack_name: str, question: Question, database: str | None, as_json: bool) -> int:
    """Compare, repair where asked, print. Exit code 1 when something differs still."""
    running = load(stack_name)
    with session.connected(running, database) as opened:
        since = period(opened, question)
        audit = prepared(opened, question.source, since)
        with step(f"Table and topic of {question.source}") as progress:
            audit.run(progress, since)
        found, sent = [key for page in audit.missing for key in page.keys], 0
        if question.repair and audit.missing:
            with step("Rows that were missing") as progress:
                sent = repair.repair(audit, opened.settings.connector.signal_table, progress)
    left = sum(len(page.keys) for page in audit.missing)
    seen = {
        "source": question.source,
        "rows": audit.rows,
        "records": audit.topic.records,
        "unreadable": audit.topic.unreadable,
        "missing": len(found),
        "extra": len(audit.extra),
        "sent": sent,
        "still_missing": left,
        "missing_keys": found[:LISTED],
        "extra_keys": audit.extra[:LISTED],
    }
    data(seen) if as_json else show(seen, question)
    return 1 if left or audit.extra else 0


def period(opened: Session, question: Question) -> Since | None:
    """The rows that are asked about. CdcError for half a period, and for a column that is not there."""
    if question.since is None:
        return None
    if question.column is None:
        raise CdcError("--since says when; --column says which column of the table holds a row's time")
    column = opened.source(question.source).column(question.column)
    if column is None or column.type != "timestamp":
        raise CdcError(f"{question.column} is no timestamp column of {question.source}", "one of routes.yaml's columns")
    moment(question.since)
    return Since(column.in_table, question.since)


def moment(text: str) -> datetime:
    """An ISO 8601 time; UTC where it has no zone. CdcError for another text."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CdcError(f"not a time: {text}", "write it like 2026-01-31T10:00:00Z") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def prepared(opened: Session, name: str, since: Since | None) -> Audit:
    """Table and topic, not yet read. CdcError when the topic no longer has its beginning and no period is given."""
    source, running = opened.source(name), opened.stack
    known = kafka.topic_ends(running, source.topic)
    if since is None:
        start = dict.fromkeys(known, 0)
        if expired := sum(first for first, _ in known.values()):
            raise CdcError(
                f"{expired:,} records of {source.topic} are gone by its retention: rows of then would seem to be missing",
                "give a period: --since TIME --column COLUMN",
            )
    else:
        begin = moment(since.time) - BEFORE
        start = topic.offsets_at(running, source.topic, int(begin.timestamp() * 1000))
    keys = topic.TopicKeys(running, source, start)
    return Audit(opened.table(name), keys, opened.settings.connector.slot)


def text(key: Key) -> str:
    """A key for people."""
    return ", ".join(key)


def show(seen: dict[str, Any], question: Question) -> None:
    """Numbers, then keys."""
    columns = ("rows", "records", "missing", "extra", "unreadable")
    cells = [tuple(f"{seen[name]:,}" for name in columns)]
    table(f"{question.source}: keys of the table, records of the raw topic", columns, cells, right=columns)
    for kind, meaning in (("missing", "in the table, not on the topic"), ("extra", "on the topic, not in the table")):
        if keys := seen[f"{kind}_keys"]:
            out.print(f"\n{kind} ({meaning}):", markup=False)
            for key in keys[:SHOWN]:
                out.print(f"  {text(key)}", markup=False, highlight=False)
            if seen[kind] > SHOWN:
                out.print(f"  … {seen[kind] - SHOWN:,} more (--json lists {LISTED:,})", markup=False)
    if seen["sent"]:
        say(f"{seen['sent']:,} rows were sent again, {seen['still_missing']:,} are still missing")
    elif seen["missing"] and not question.repair:
        say("send them again: the same command with --repair")
    if seen["extra"]:
        say("extra: deletions or a TRUNCATE that no record tells of; consumers still have these rows")
