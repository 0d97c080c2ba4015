"""The CDC connector: its state, what it runs with, and whether rows come."""

from collections.abc import Iterator

from cli.client import flow, large_rows
from cli.doctor.facts import Facts, Gone
from cli.doctor.probe import Finding, Probe
from cli.doctor.probes.remedies import migrated, refreshed

AREA = "connector"
LOST = "no longer available on the server"


class ConnectorRuns(Probe):
    """The connector exists and is RUNNING."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        try:
            found = facts.connector_status["connector"]
        except Gone:
            why = "it was deleted behind Pulumi's back; a new one begins with a snapshot, so each row comes once more (operation r)"
            yield Finding("the connector is gone", why, refreshed(facts))
            return
        name, state = facts.stack.contract.connector.name, found["state"]
        if state == "PAUSED":
            yield Finding(f"{name} is PAUSED", "somebody paused it", "./cdc connector resume")
        elif state != "RUNNING":
            evidence = f"{name} is {state}: {found['trace'][:200] or 'no trace'}"
            yield Finding(evidence, cause(found["trace"]), command(found["trace"]))


def command(trace: str) -> str:
    """What mends it, where that is known: a position that the server no longer has is passed over, and the audit sends the rows."""
    return "./cdc connector skip --yes" if LOST in trace else "./cdc logs connect"


def cause(trace: str) -> str:
    """Why a connector failed, by what its trace says."""
    known = {
        large_rows.REFUSED: "a row that no record can hold: docs/runbooks/large-rows.md",
        "password authentication failed": "the database's password is not the stack's",
        LOST: "the slot lost what the connector has not read: docs/runbooks/slot.md",
        "replication slot": "the slot is in use by another connector, or gone",
        "publication": "the publication is gone or lacks tables",
        "schema registry": "the registry was away or refused a schema",
    }
    return next((why for words, why in known.items() if words.lower() in trace.lower()), "its trace says")


class TasksRun(Probe):
    """Every task of the connector runs: a connector may be RUNNING while its only task has failed."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        if facts.connector_status["connector"]["state"] in ("PAUSED", "FAILED"):
            return
        for task in facts.connector_status.get("tasks", []):
            if task["state"] not in ("RUNNING", "PAUSED", "UNASSIGNED", "RESTARTING"):
                trace = task.get("trace") or task.get("msg") or ""
                evidence = f"task {task['id']} is {task['state']}: {trace[:200]}"
                yield Finding(evidence, cause(trace), command(trace))


class ConnectorIsConfiguredAsDeclared(Probe):
    """What the connector runs with is what the stack and routes.yaml say: slot, publication, tables."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        database, config = facts.stack.contract.database, facts.connector_config
        tables = ",".join(source.table for source in facts.stack.contract.sources)
        wanted = {"slot.name": database.slot, "publication.name": database.publication, "table.include.list": tables}
        for key, value in wanted.items():
            if config.get(key) != value:
                evidence = f"{key} is {config.get(key)!r}, the stack's outputs say {value!r}"
                yield Finding(evidence, "it was changed by hand, or an update did not finish", refreshed(facts))


class HeartbeatIsYoung(Probe):
    """A heartbeat came lately: whatever states say, a connector that sends none captures nothing."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        if told := flow.silence(facts.flow, flow.patience(facts.heartbeat_seconds), started=False):
            again = "./cdc connector pause && ./cdc connector resume"
            command = "./cdc restart connect" if facts.stack.local else again
            yield Finding(f"the last heartbeat {told}", "the connector or its worker stands still", command)


class RowsAreCapturedSoon(Probe):
    """The newest row was captured within a minute of its commit."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for source in facts.flow.sources:
            if source.late:
                yield Finding(
                    f"{source.name}: captured {source.lag:.0f} s after the commit",
                    "a backlog, or a clock",
                    "./cdc status",
                    "warning",
                )


class ChangesArrive(Probe):
    """A table that changes has records on its raw topic."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for source in facts.flow.sources:
            if source.never_arrived:
                evidence = f"{source.name}: its table has {source.changes:,} changes, and none has arrived"
                yield Finding(evidence, "it is not published, or is a partition's parent", migrated(facts))
