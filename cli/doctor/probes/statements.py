"""Flink: the routing statements, and whether they take what comes."""

from collections.abc import Iterator

from cli.client import flow as moving
from cli.client.rest import NotFound
from cli.doctor.facts import Facts
from cli.doctor.probe import Finding, Probe
from cli.doctor.probes.remedies import refreshed, restored

AREA = "flink"
HELD = "docs/runbooks/held-readers.md"


class StatementsRun(Probe):
    """Every routing statement exists and is RUNNING."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for name in facts.stack.contract.flink.statements.values():
            try:
                status = facts.statement(name)["status"]
            except NotFound:
                yield Finding(f"statement {name} is gone", "it was deleted behind Pulumi's back", restored(facts))
                continue
            if status["phase"] not in ("RUNNING", "PENDING"):
                evidence = f"statement {name} is {status['phase']}: {status['detail'][:200]}"
                lost = status["phase"] == "FAILED"
                yield Finding(evidence, "its detail says", restored(facts) if lost else refreshed(facts))


class StatementsTakeRows(Probe):
    """Rows that came some seconds ago are on another topic by now."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for source in facts.flow.sources:
            if source.waiting:
                evidence = f"{source.name}: {source.waiting:,} rows came {moving.ROUTED_BY} s ago, and no statement has taken one"
                yield Finding(evidence, "the statement restarts, or has no place to run", "./cdc logs taskmanager")


class ReadersAreNotHeld(Probe):
    """No transaction is open for minutes: `read_committed` readers would stand still before it."""

    area, runbook = AREA, HELD

    def look(self, facts: Facts) -> Iterator[Finding]:
        for topic, count in facts.flow.held.items():
            yield Finding(
                f"{topic}: readers stand still in {count} partition(s)",
                "a transaction that nobody ended",
                "./cdc status",
            )
