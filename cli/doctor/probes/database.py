"""The captured database: its settings, the publication, the tables."""

from collections.abc import Iterator

import psycopg
from migrator import catalog
from migrator.difference import quoted

from cli.doctor.facts import Facts
from cli.doctor.probe import Finding, Probe
from cli.doctor.probes.remedies import compared, migrated
from stacks.routes.expectations import expected

AREA = "database"
OLD = 600  # seconds


class DatabaseAnswers(Probe):
    """The database answers the role that captures, and is a writer."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        try:
            server = facts.server
        except psycopg.OperationalError as error:
            command = "./cdc logs postgres" if facts.stack.local else "aws rds describe-db-clusters"
            yield Finding(
                f"the database cannot be asked: {str(error).strip().splitlines()[0]}",
                "it is down, or its address or password changed",
                command,
            )
            return
        if server["standby"] or server["read_only"] == "on":
            yield Finding("the database takes no writes", "a failover left its address at a reader", "./cdc status")


class LogIsLogical(Probe):
    """`wal_level` is `logical`: otherwise nothing can be captured."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        if (level := facts.server["wal_level"]) != "logical":
            yield Finding(
                f"wal_level is {level}",
                "a parameter group without rds.logical_replication, or no reboot since",
                "aws rds reboot-db-instance --db-instance-identifier …",
            )


class RoleMayReplicate(Probe):
    """The connector's role may read a slot."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        if not facts.server["may_replicate"]:
            user = facts.files[0].backend.user
            right = f"ALTER ROLE {user} REPLICATION" if facts.stack.local else f"GRANT rds_replication TO {user}"
            yield Finding(f"the role {user} has no right to replicate", "it was altered by hand", f'psql -c "{right}"')


class PublicationIsWhole(Probe):
    """The publication exists and has every captured table: a change of another one never comes, without an error."""

    area = AREA
    runbook = "docs/runbooks/migrator.md"

    def look(self, facts: Facts) -> Iterator[Finding]:
        database, published = facts.stack.contract.database, facts.published
        if published is None:
            yield Finding(f"there is no publication {database.publication}", "it was dropped by hand", migrated(facts))
            return
        wanted = [*(source.table for source in facts.stack.contract.sources), database.heartbeat_table]
        for table in wanted:
            if table not in published:
                yield Finding(
                    f"{table} is not in the publication {database.publication}",
                    "ALTER PUBLICATION by hand, or a table that was made again",
                    migrated(facts),
                )


class TablesAreReadable(Probe):
    """Every captured table exists, and the connector's role may read it."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for table in facts.tables:
            user = facts.files[0].backend.user
            if not table["there"]:
                yield Finding(f"there is no table {table['name']}", "it was dropped or renamed", compared(facts))
            elif not table["readable"]:
                grants = f"GRANT USAGE ON SCHEMA {table['name'].split('.')[0]} TO {user}; GRANT SELECT ON {quoted(table['name'])} TO {user}"
                evidence = f"the connector's role {user} may not read {table['name']}"
                yield Finding(evidence, "REVOKE, or a table that was made again", f'psql -c "{grants}"')


class TablesAreAsDeclared(Probe):
    """Columns, keys and replica identity are as routes.yaml declares them (what the migrator looks at)."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        settings, routes = facts.files
        with psycopg.connect(facts.dsn, connect_timeout=4) as connection:
            connection.read_only = True
            found = catalog.differences(
                connection,
                settings.connector.publication,
                [expected(source) for source in routes.sources],
                settings.backend.user,
            )
        for one in found:
            if one.stops and one.rule not in ELSEWHERE:
                sql = one.hint.partition(",")[0]  # `ALTER TABLE … REPLICA IDENTITY FULL, or …`
                told = f'psql -c "{sql}"' if sql.endswith(" REPLICA IDENTITY FULL") else compared(facts)
                yield Finding(str(one), "the table was altered, or routes.yaml was not", told)


# Rules of the catalog check that other probes look at more closely.
ELSEWHERE = ("no-table", "not-granted", "no-free-slot", "wal-level")


class NoTransactionIsOld(Probe):
    """No transaction is open for long: the slot cannot move past its beginning, and the log grows."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for one in facts.transactions:
            if one["age"] > OLD:
                end = (
                    f"ROLLBACK PREPARED '{one['handle']}'"
                    if one["state"] == "prepared"
                    else f"SELECT pg_terminate_backend({one['handle']})"
                )
                yield Finding(
                    f"a transaction ({one['who']}, {one['state']}) is {one['age'] / 60:.0f} minutes old",
                    "a program that forgot to commit",
                    f'psql -c "{end}"',
                    "warning",
                )


class RowsOfTheHeartbeat(Probe):
    """The heartbeat's table is there and a row in it is young: without it a quiet database keeps its log."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        table = facts.stack.contract.database.heartbeat_table
        row = facts.rows(f"SELECT extract(epoch FROM now() - max(beat_at))::float AS age FROM {quoted(table)}")[0]  # noqa: S608 - quoted
        limit = max(60, 6 * facts.heartbeat_seconds)
        if row["age"] is None or row["age"] > limit:
            told = "has no row" if row["age"] is None else f"was written {row['age']:.0f} s ago"
            yield Finding(f"{table} {told}", "the connector does not run its heartbeat", "./cdc logs connect")
