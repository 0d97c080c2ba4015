"""The replication slot: there, read, near the end of the log, and where the connector believes it to be."""

import time
from collections.abc import Iterator

from cli.doctor.facts import Facts
from cli.doctor.probe import Finding, Probe

AREA = "slot"
SLOT = "docs/runbooks/slot.md"
BEHIND, KEPT = 64 * 2**20, 2**30  # bytes
AGAIN = (1.0, 1.0, 2.0, 0.0)  # seconds after each look at what is stored
LATE = 2**20  # bytes: how much later the service may tell what it stored


class SlotIsThere(Probe):
    """The connector's slot exists and was not lost. Without it, what happened since is in no log."""

    area, runbook = AREA, SLOT

    def look(self, facts: Facts) -> Iterator[Finding]:
        name = facts.stack.contract.database.slot
        if facts.slot is None:
            yield Finding(
                f"there is no slot {name}",
                "it was dropped by hand, or by a failover of a server that does not keep slots",
                "./cdc connector skip --yes",
            )
        elif facts.slot["wal_status"] == "lost":
            yield Finding(
                f"the slot {name} is lost",
                "more log than max_slot_wal_keep_size was written while nobody read it",
                "./cdc connector skip --yes",
            )


class SlotIsRead(Probe):
    """Somebody reads the slot. If not, the log grows until the disk is full or the slot is lost."""

    area, runbook = AREA, SLOT

    def look(self, facts: Facts) -> Iterator[Finding]:
        slot = facts.slot
        if slot and not slot["active"] and slot["wal_status"] != "lost":
            command = (
                "./cdc connector resume"
                if facts.connector_status["connector"]["state"] == "PAUSED"
                else "./cdc logs connect"
            )
            yield Finding(
                f"nobody reads the slot {slot['name']}; it keeps {slot['kept'] / 2**20:,.0f} MB",
                "the connector is paused, failed or cannot sign in",
                command,
            )


class SlotKeepsUp(Probe):
    """The slot is near the end of the log, and keeps little of it."""

    area, runbook = AREA, SLOT

    def look(self, facts: Facts) -> Iterator[Finding]:
        slot = facts.slot
        if slot and slot["behind"] is not None and slot["behind"] > BEHIND:
            yield Finding(
                f"the slot is {slot['behind'] / 2**20:,.0f} MB behind",
                "a burst, a slow connector, or a transaction that does not end",
                "./cdc status",
                "warning",
            )
        if slot and slot["kept"] is not None and slot["kept"] > KEPT:
            yield Finding(
                f"the slot keeps {slot['kept'] / 2**30:,.1f} GB of log",
                "an old transaction, or a connector that was away",
                "./cdc status",
                "warning",
            )


class SlotHasRoom(Probe):
    """A slot with a limit (`max_slot_wal_keep_size`) is far from being lost."""

    area, runbook = AREA, SLOT

    def look(self, facts: Facts) -> Iterator[Finding]:
        slot = facts.slot
        if slot and slot["wal_status"] in ("extended", "unreserved") and slot["safe_wal_size"] is not None:
            severity = "failed" if slot["wal_status"] == "unreserved" else "warning"
            evidence = f"the slot is {slot['wal_status']}: lost after {max(0, slot['safe_wal_size']) / 2**20:,.0f} MB more of log"
            yield Finding(
                evidence, "the connector reads more slowly than the database writes", "./cdc logs connect", severity
            )


class SlotIsWhereTheConnectorIs(Probe):
    """The slot was not advanced past what the connector stored: the rows between are skipped without an error."""

    area, runbook = AREA, SLOT

    def look(self, facts: Facts) -> Iterator[Finding]:
        slot = facts.slot
        if slot and slot["confirmed"] is not None and (size := self.passed_over(facts, slot["confirmed"])):
            yield from self.ahead(facts, size)

    def passed_over(self, facts: Facts, confirmed: int) -> int:
        """Bytes of log between, that stay there.

        Under load there are some for a moment: an answer to the server's keep-alive confirms what holds nothing for us, and the
        next heartbeat stores it.
        """
        allowed, size = 0 if facts.stack.local else LATE, 0
        for pause in AGAIN:
            stored = facts.stored_position()
            size = 0 if stored is None else confirmed - stored
            if size <= allowed:
                return 0
            time.sleep(pause)
        return size

    def ahead(self, facts: Facts, size: int) -> Iterator[Finding]:
        source = facts.stack.contract.sources[0].name
        evidence = f"the slot's confirmed position is {size / 2**10:,.0f} KB after the one that the connector stored"
        yield Finding(
            evidence, "pg_replication_slot_advance, or a slot that was made again", f"./cdc audit {source} --repair"
        )


class SlotsAreFree(Probe):
    """A slot and a sender are free for a replacement of the connector."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for what, name in (("slots", "max_replication_slots"), ("senders", "max_wal_senders")):
            if facts.server[f"{what}_used"] >= facts.server[what]:
                yield Finding(
                    f"all {facts.server[what]} {what} are in use",
                    f"{name} is too small, or slots of old connectors were left",
                    "psql -c 'SELECT * FROM pg_replication_slots'",
                    "warning",
                )
