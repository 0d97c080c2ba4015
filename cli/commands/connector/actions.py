"""What is done to the connector."""

import psycopg

from cli.auditing import session
from cli.client import wait
from cli.client.connector import ConnectorClient
from cli.client.stack import load
from cli.console import say, step
from stacks.errors import CdcError

POSITIONS = ("lsn", "lsn_proc", "lsn_commit")  # of Debezium's offsets
STATE = "SELECT active_pid, wal_status FROM pg_replication_slots WHERE slot_name = %s"
POSITION = "SELECT (confirmed_flush_lsn - '0/0')::bigint FROM pg_replication_slots WHERE slot_name = %s"


def act(stack_name: str, verb: str) -> int:
    """Pause or resume."""
    client = ConnectorClient(load(stack_name))
    client.act(verb)
    say(f"{client.name}: {verb}d")
    return 0


def skip(stack_name: str, yes: bool, database: str | None) -> int:
    """Pause; move the slot, or make another one where it is lost; store that position; resume."""
    stack = load(stack_name)
    client, slot = ConnectorClient(stack), stack.contract.database.slot
    if not yes:
        raise CdcError(
            f"this passes over everything that {client.name} has not captured yet",
            "say --yes; afterwards ./cdc audit SOURCE --repair for each source",
        )
    with session.connected(stack, database) as opened, step(f"Slot {slot}"):
        client.act("pause")
        try:
            wait.wait_for(lambda: moved(opened.connection, slot), 60, f"the release of slot {slot}")
            row = opened.connection.execute(POSITION, (slot,)).fetchone()
            client.alter_offsets([at(one, row[0] if row else 0) for one in client.offsets()])
        finally:
            client.act("resume")
    say("what was passed over, sent again:")
    for source in opened.routes.sources:
        say(f"  ./cdc audit {source.name} --repair" + ("" if stack.local else f" -s {stack.name}"))
    return 0


def at(stored: dict[str, dict[str, object]], position: int) -> dict[str, dict[str, object]]:
    """A stored position, moved there."""
    return {**stored, "offset": {**stored["offset"], **dict.fromkeys(POSITIONS, position)}}


def moved(connection: psycopg.Connection, slot: str) -> bool:
    """Have the slot at the log's end. False while somebody reads it; they are asked to leave."""
    found = connection.execute(STATE, (slot,)).fetchone()
    reader, status = found or (None, None)
    if reader is not None:
        connection.execute("SELECT pg_terminate_backend(%s)", (reader,))
    try:
        if status == "lost":
            connection.execute("SELECT pg_drop_replication_slot(%s)", (slot,))
        if status in (None, "lost"):
            connection.execute("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", (slot,))
        else:
            connection.execute("SELECT pg_replication_slot_advance(%s, pg_current_wal_lsn())", (slot,))
    except psycopg.errors.ObjectInUse:
        return False
    return True
