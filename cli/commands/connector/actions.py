"""What is done to the connector. Needs a Cloud API key: CONFLUENT_CLOUD_API_KEY and _SECRET; the local stack knows its own."""

import os

import psycopg

from cli.auditing import session
from cli.client import rest, wait
from cli.client.stack import Stack, load
from cli.console import say, step
from local.environment import Instance
from stacks.errors import CdcError


def keys(stack: Stack) -> tuple[str, str]:
    """A Cloud API key that may manage connectors."""
    if stack.local:
        own = Instance.here().secrets
        return own["cloud_api_key"], own["cloud_api_secret"]
    try:
        return os.environ["CONFLUENT_CLOUD_API_KEY"], os.environ["CONFLUENT_CLOUD_API_SECRET"]
    except KeyError as error:
        raise CdcError(f"{error.args[0]} is not set", "a Cloud API key of the deployer: docs/deploy.md") from error


def act(stack_name: str, verb: str) -> int:
    """Pause or resume."""
    stack = load(stack_name)
    rest.connector_action(stack, *keys(stack), verb)
    say(f"{stack.contract.connector.name}: {verb}d")
    return 0


def skip(stack_name: str, yes: bool, database: str | None) -> int:
    """Pause, move the slot, resume."""
    stack = load(stack_name)
    slot = stack.contract.database.slot
    if not yes:
        raise CdcError(
            f"this passes over everything that {stack.contract.connector.name} has not captured yet",
            "say --yes; afterwards ./cdc audit SOURCE --repair for each source",
        )
    with session.connected(stack, database) as opened, step(f"Slot {slot}"):
        rest.connector_action(stack, *keys(stack), "pause")
        try:
            wait.wait_for(lambda: advance(opened.connection, slot), 60, f"the release of slot {slot}")
        finally:
            rest.connector_action(stack, *keys(stack), "resume")
    say("what was passed over, sent again:")
    for source in opened.routes.sources:
        say(f"  ./cdc audit {source.name} --repair" + ("" if stack.local else f" -s {stack.name}"))
    return 0


def advance(connection: psycopg.Connection, slot: str) -> bool:
    """Move the slot to the log's end. False while somebody reads it; they are asked to leave."""
    query = "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = %s AND active"
    connection.execute(query, (slot,))
    try:
        connection.execute("SELECT pg_replication_slot_advance(%s, pg_current_wal_lsn())", (slot,))
    except psycopg.errors.ObjectInUse:
        return False
    return True
