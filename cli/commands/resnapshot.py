"""`cdc resnapshot`: the connector reads a table again, while it goes on with everything else."""

from collections.abc import Iterable

from cli.auditing import repair, session, topic
from cli.auditing.audit import Audit
from cli.auditing.session import Session
from cli.client import kafka, wait
from cli.client.stack import Stack, load
from cli.console import data, say, step
from stacks.errors import CdcError

STARTED = """
SELECT r.backend_start > %s::timestamptz FROM pg_replication_slots s JOIN pg_stat_replication r ON r.pid = s.active_pid
WHERE s.slot_name = %s
"""


def run(stack_name: str, source: str, database: str | None, as_json: bool) -> int:
    """Every row of a source once more, as a record with the operation `r`. Exit code 1 when some did not come."""
    running = load(stack_name)
    with session.connected(running, database) as opened, step(f"Rows of {source}") as progress:
        audit = from_now_on(opened, source)
        audit.missing = list(audit.table.pages())
        rows = sum(len(page.keys) for page in audit.missing)
        sent = repair.repair(audit, opened.settings.connector.signal_table, progress)
    left = sum(len(page.keys) for page in audit.missing)
    if as_json:
        data({"source": source, "rows": rows, "sent": sent, "still_missing": left})
    else:
        say(f"{sent:,} of {rows:,} rows were read again; routes that take `snapshot` have them once more")
    return 1 if left else 0


def from_now_on(opened: Session, name: str) -> Audit:
    """An audit for which nothing has come yet."""
    source = opened.source(name)
    start = {number: end for number, (_, end) in kafka.topic_ends(opened.stack, source.topic).items()}
    keys = topic.TopicKeys(opened.stack, source, start)
    return Audit(opened.table(name), keys, opened.settings.connector.slot, wanted=topic.ENTERED)


def joined(running: Stack, names: Iterable[str], since: str) -> None:
    """Sources that joined a running stack get the rows that were there before, each once.

    `since`: a time of the database's clock, before the update; the connector that has the new tables started later.
    """
    with session.connected(running, None) as opened:
        connector = opened.settings.connector
        query, parameters = STARTED.encode(), (since, connector.slot)

        def started() -> bool:
            row = opened.connection.execute(query, parameters).fetchone()
            return bool(row and row[0])

        for name in names:
            source = opened.source(name)
            with step(f"Rows of {name} from before") as progress:
                wait.wait_for(started, 60, "the connector's start with the new tables")
                start = dict.fromkeys(kafka.topic_ends(running, source.topic), 0)
                keys = topic.TopicKeys(running, source, start)
                audit = Audit(opened.table(name), keys, connector.slot, wanted=topic.ENTERED)
                audit.compare(progress)
                sent = repair.repair(audit, connector.signal_table, progress)
                if left := sum(len(page.keys) for page in audit.missing):
                    raise CdcError(
                        f"{left:,} rows of {source.table} from before did not come",
                        f"./cdc audit {name} --repair; ./cdc logs connect",
                    )
            say(f"  {sent:,} rows of {source.table} were there before; routes that take `snapshot` have them")
