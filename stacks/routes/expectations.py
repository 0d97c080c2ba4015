"""What a source expects of its table: the migrator compares it with the database's catalog before anything is published."""

from typing import Any

from stacks.routes.model import Source


def expected(source: Source) -> dict[str, Any]:
    """`{"table", "replicaIdentity", "columns": [{"name", "type", "nullable", "key", "values", "precision"}, …]}`: names as in the table."""
    columns = [
        {
            "name": c.in_table,
            "type": c.type,
            "nullable": c.nullable,
            "key": c.key,
            "values": list(c.values),
            "precision": c.precision,
        }
        for c in source.columns
    ]
    return {"table": source.table, "replicaIdentity": source.replica_identity, "columns": columns}
